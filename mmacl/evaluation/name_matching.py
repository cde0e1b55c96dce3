"""Names of videos and classes, as different systems write them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mmacl.utils import InputError

# The names of ActivityNet's files have it, those in its annotations have not.
_PREFIX = 'v_'


def match_videos(names: Sequence[str], known: Sequence[str], source: str) -> NDArray[np.int64]:
    """Which known video each name means: the one of that whole name, else with ``v_`` put before it or taken off.

    Args:
        names: names in some file.
        known: names of the videos by number.
        source: the file, for messages.

    Returns:
        (len(names),) number of the video, -1 for a name that is not known.

    Raises:
        InputError: no name is known, or two names mean the same video.
    """
    numbers = {name: number for number, name in enumerate(known)}
    result = np.full(len(names), -1, dtype=np.int64)
    meant_by: dict[int, str] = {}
    for row, name in enumerate(names):
        other = name.removeprefix(_PREFIX) if name.startswith(_PREFIX) else _PREFIX + name
        number = numbers.get(name, numbers.get(other, -1))
        if number in meant_by:
            raise InputError(
                f'{meant_by[number]!r} and {name!r} are the same video', file=source, remedy='keep one of them'
            )
        if number >= 0:
            meant_by[number] = name
        result[row] = number
    if len(names) and not meant_by:
        raise InputError(
            f'none of its {len(names)} videos ({names[0]!r:.80}, ...) is to be scored ({known[0]!r:.80}, ...)',
            file=source,
            remedy='check subset, video list and names',
        )
    return result


def match_labels(labels: Sequence[str | int], classes: Sequence[str], first_id: int, source: str) -> NDArray[np.int64]:
    """Which class each label means: by its name, letters' case, blanks and punctuation aside, else by its id.

    Args:
        labels: names, or ids as integers or strings of digits.
        classes: names by label.
        first_id: the id of the first class.
        source: the file, for messages.

    Raises:
        InputError: a label is neither a name nor an id of a class.
    """
    by_name = {name: label for label, name in enumerate(classes)}
    by_plain_name: dict[str, int] = {}
    for label, name in enumerate(classes):
        by_plain_name.setdefault(_plain(name), label)
    cache: dict[str | int, int] = {}
    for label_ in set(labels):
        found = by_name.get(str(label_), by_plain_name.get(_plain(str(label_))))
        cache[label_] = _by_id(label_, classes, first_id, source) if found is None else found
    return np.array([cache[label_] for label_ in labels], dtype=np.int64)


def _by_id(label: str | int, classes: Sequence[str], first_id: int, source: str) -> int:
    text = str(label)[:80]
    if text.isascii() and text.isdigit() and first_id <= int(text) < first_id + len(classes):
        return int(text) - first_id
    near = difflib.get_close_matches(text, list(classes), n=1) or list(classes)[:1]
    raise InputError(
        f'label {text!r} is neither one of the {len(classes)} classes ({near[0]!r}, ...) nor an '
        f'id from {first_id} to {first_id + len(classes) - 1}',
        file=source,
        remedy='correct it, or state the id of the first class',
    )


def _plain(name: str) -> str:
    return ''.join(filter(str.isalnum, name.casefold()))
