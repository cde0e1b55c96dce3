"""One fault of a data set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mmacl.datasets.stores import MissingFeaturesError
from mmacl.utils import InputError


@dataclass(frozen=True)
class Fault:
    """What is wrong, with which video, in which file, and what to do about it.

    Attributes:
        kind: a word for this kind of fault, by which faults are grouped.
        what: what is wrong.
        file: where.
        remedy: what to do.
        video: the video; empty: none in particular.
        subset: the subset that was checked; empty: all of them.
        warning: True if it may be meant so, or does no harm by itself.
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
    def from_error(
        cls,
        error: InputError,
        kind: str,
        file: str = '',
        video: str = '',
        missing: tuple[str, str] = ('no such file', 'put it there, or leave the video out with exclude'),
    ) -> list[Fault]:
        """The faults that an error states: one for each missing file, else one.

        Args:
            error: what a check raised.
            kind: of the fault, if the error has none.
            file: where it is, if the error does not say.
            video: the video that was checked, if the error does not say.
            missing: what to say of missing features, and what to do about it.
        """
        video = error.video or video
        if isinstance(error, MissingFeaturesError) and error.looked_for:
            what, remedy = missing
            if error.instead:
                what, remedy = f'{what}, but {error.instead[0].what}', error.instead[0].remedy
            return [cls('missing', what, path, remedy, video) for path in error.looked_for]
        return [cls(error.kind or kind, error.what, error.file or file, error.remedy or 'correct it', video)]

    def error(self, remedy: str = '') -> InputError:
        """The error for this fault, perhaps with another remedy."""
        return InputError(self.what, file=self.file, remedy=remedy or self.remedy, kind=self.kind, video=self.video)


def merge(faults: Iterable[Fault]) -> list[Fault]:
    """Each fault once, in order: a fault of a file that was found with several videos is one of the file."""
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
