"""Which video files inputs name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mmacl.utils import InputError
from mmacl.utils.collected_errors import complain, entry
from mmacl.utils.small_text import read_small_text

#: Endings of video files, for folders.
VIDEO_ENDINGS = (
    *('.3gp', '.asf', '.avi', '.flv', '.m2ts', '.m4v', '.mkv', '.mov', '.mp4', '.mpeg', '.mpg', '.mts', '.mxf'),
    *('.ogv', '.ts', '.vob', '.webm', '.wmv', '.y4m'),
)


@dataclass(frozen=True)
class Source:
    """A video to extract.

    Attributes:
        name: name of the video in the data set, which names its files.
        path: the file.
    """

    name: str
    path: Path


def find_videos(
    inputs: Iterable[str | os.PathLike[str]], outside: str | os.PathLike[str] | None = None
) -> list[Source]:
    """Find the videos that files, folders and lists name.

    A folder stands for all videos in it and below it; a ``.txt`` file for the paths on its lines, relative to it. A
    video is called by its file name without the ending.

    Args:
        inputs: files, folders and lists.
        outside: a folder whose videos are not meant when a folder around it is named, such as that of results.

    Raises:
        InputError: nothing is there, a folder holds no video, or two videos would have one name. Under
            :func:`~mmacl.utils.collected_errors.collect_errors` such an input is left out, and of two
            videos the second.
    """
    found: dict[str, Path] = {}
    for path in _files_of(inputs, None if outside is None else Path(outside).resolve()):
        name = path.stem
        if name in found and found[name].resolve() != path.resolve():
            complain(
                InputError(
                    f'{found[name]} and this file would both be called {name!r}',
                    file=path,
                    remedy='rename one, or extract them into different folders',
                )
            )
            continue
        found[name] = path
    return [Source(name, path) for name, path in found.items()]


def _files_of(inputs: Iterable[str | os.PathLike[str]], outside: Path | None) -> Iterator[Path]:
    """Each file, in order of the inputs, sorted within a folder."""
    for given in map(Path, inputs):
        if given.is_dir():
            inside = sorted(p for p in given.rglob('*') if p.suffix.lower() in VIDEO_ENDINGS and _is_visible(p, given))
            inside = [p for p in inside if outside is None or outside not in p.resolve().parents]
            if not inside:
                remedy = f'endings: {" ".join(sorted(VIDEO_ENDINGS))}'
                complain(InputError('holds no video file', file=given, remedy=remedy))
            yield from inside
        elif given.suffix.lower() == '.txt' and given.is_file():
            text = ''
            with entry():
                text = read_small_text(given, 'paths of videos, one a line')
            lines = [line.strip() for line in text.splitlines()]
            named = [given.parent / line for line in lines if line and not line.startswith('#')]
            if text and not named:
                complain(InputError('names no video', file=given, remedy='write paths of videos, one a line'))
            yield from named
        elif given.exists():
            yield given
        else:
            remedy = 'give videos, folders or a list of videos'
            complain(InputError('no such file or folder', file=given, remedy=remedy))


def _is_visible(path: Path, folder: Path) -> bool:
    """Whether no part of a path below a folder is hidden."""
    return not any(part.startswith('.') for part in path.relative_to(folder).parts)
