"""Lines ``video start end``, as the THUMOS challenge writes them."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike

from mmacl.datasets.annotations.instances_by_video import read_seconds
from mmacl.utils import InputError
from mmacl.utils.collected_errors import complain, entry
from mmacl.utils.small_text import read_small_text


def read_lines(path: str | PathLike[str]) -> Iterator[tuple[str, float, float]]:
    """Video, start and end of each line that is not blank.

    Raises:
        InputError: the file cannot be read, or a line is none of that form.
    """
    text = read_small_text(path, 'lines "video start end"')
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if len(words) == 3:
            where, times = f'{path}: line {number}', None
            with entry(words[0]):
                times = read_seconds(words[1], where), read_seconds(words[2], where)
            if times is not None:
                yield words[0], *times
        elif words:
            complain(
                InputError(
                    f'line {number}: {line[:80]!r} is not "video start end"', file=path, remedy='correct the line'
                )
            )
