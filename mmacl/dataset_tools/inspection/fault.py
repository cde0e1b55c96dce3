"""One thing that is wrong with a data set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mmacl.datasets.stores import MissingFeaturesError
from mmacl.utils import InputError


@dataclass(frozen=True)
class Fault:
    """What is wrong, with which video, in which file, and what to do about it.

    Attributes:
        kind: a word for this kind of fault, by which many of them are grouped.
        what: what is wrong.
        file: where.
        remedy: what to do.
        video: the video; empty: none in particular.
        subset: the subset that was looked at; empty: all of them.
        warning: True where it may be meant so, or does no harm by itself.
    """

    kind: str
    what: str
    file: str
    remedy: str
    video: str = ''
    subset: str = ''
    warning: bool = False

    def __str__(self) -> str:
        """``video: what (file); remedy``."""
        return f'{self.video or self.subset or "data set"}: {self.what} ({self.file}); {self.remedy}'

    @classmethod
    def from_error(cls, error: InputError, kind: str, files: Iterable[str], video: str = '') -> list[Fault]:
        """What an error says, which is ``<file>: <what>; <remedy>``; several faults where several files are missing.

        Args:
            error: what a check raised.
            kind: of the fault, where the error has none.
            files: where it may lie, the most likely first; the message is not to repeat the one it begins with.
            video: which video was looked at.
        """
        video = error.video or video
        if isinstance(error, MissingFeaturesError):
            remedy = 'put it there, or leave the video out with exclude' if video else 'put it there'
            return [cls('missing', 'there is no such file', path, remedy, video) for path in error.looked_for]
        what = error.what.removeprefix(f'video {video!r}: ')
        file = error.file or next(iter(files), '')
        return [cls(error.kind or kind, what, file, error.remedy or 'correct it', video)]


def merge(faults: Iterable[Fault]) -> list[Fault]:
    """Each fault once, in order: what a file is blamed for with every video is a fault of the file."""
    videos: dict[Fault, dict[str, None]] = {}
    for fault in faults:
        names = videos.setdefault(replace(fault, video=''), {})
        if fault.video:
            names[fault.video] = None
    return [
        replace(fault, video=next(iter(names), ''))
        if len(names) < 2
        else replace(fault, what=f'{fault.what}, which concerns {len(names)} videos such as {next(iter(names))}')
        for fault, names in videos.items()
    ]
