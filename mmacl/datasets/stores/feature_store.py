"""The interface of a feature store, and the error for features that are not there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mmacl.utils import InputError

Features: TypeAlias = NDArray[np.floating[Any]]
"""Snippet features of one video and one modality, (T, D), float16 or float32, finite."""

_SHOWN = 3


class Instead(NamedTuple):
    """Something that was found where features were expected.

    Attributes:
        what: it is, with its path.
        remedy: how to use it.
    """

    what: str
    remedy: str


class FeatureStore(ABC):
    """A source of (T, D) arrays, by the name of the video and the modality.

    A store that reads a folder takes ``root`` and ``subset`` (a name, several, or None) as keywords; the dataset fills
    them in. A store that wraps another takes it as ``store``. Stores are pickled into the workers of a data loader, and
    several threads use one store at a time.
    """

    layouts: tuple[str, ...] = ()
    """Where features may be, for messages."""

    @abstractmethod
    def load(self, video: str, modality: str) -> Features:
        """Features of a video, (T, D), float16 or float32, T and D at least 1, finite.

        Raises:
            MissingFeaturesError: there are none.
            InputError: what is there is no such array.
        """

    @abstractmethod
    def shape(self, video: str, modality: str) -> tuple[int, int]:
        """T and D, without reading the features.

        Raises:
            MissingFeaturesError: there are none.
            InputError: what is there is no such array, as far as can be seen without reading it.
        """

    @abstractmethod
    def list_videos(self, modality: str) -> tuple[str, ...]:
        """Names of all videos with features of a modality, in alphabetical order."""

    def describe(self, video: str, modality: str) -> str:
        """Where the features are, for messages."""
        return f'{modality} features of video {video!r}'

    def source_files(self, video: str, modality: str) -> tuple[str, ...]:
        """Paths of the files from which the features are read; empty if a store cannot tell.

        Features count as unchanged while these files keep their sizes and times.

        Raises:
            MissingFeaturesError: there are none.
        """
        return ()

    def companion(self, video: str, modality: str, what: str) -> str | None:
        """Path of a file beside the features that says more about a video, such as ``<video>_fps.npy``.

        Args:
            video: its name.
            modality: one of its streams.
            what: ``'fps'`` or ``'timestamps_ms'``.

        Returns:
            None if there is no such file.
        """
        return None

    def look_around(self, modality: str) -> tuple[Instead, ...]:
        """What there is instead of features of a modality, if there are none, for messages."""
        return ()

    def num_snippets(self, video: str, modality: str) -> int:
        """T, without reading the features."""
        return self.shape(video, modality)[0]

    def feature_dim(self, video: str, modality: str) -> int:
        """D, without reading the features."""
        return self.shape(video, modality)[1]


class MissingFeaturesError(InputError):
    """Features are not there.

    Its text has several lines, unlike that of other errors, since it is what a person sees first on a fresh machine:
    which files were looked for, what was found instead, in which layouts features may come, and what runs without any
    download.

    Attributes:
        looked_for: the files that are not there.
        layouts: where they may be.
        instead: what is there.
    """

    looked_for: tuple[str, ...] = ()
    layouts: tuple[str, ...] = ()
    instead: tuple[Instead, ...] = ()

    @classmethod
    def describe(
        cls,
        looked_for: Sequence[str],
        layouts: Sequence[str],
        headline: str | None = None,
        instead: Sequence[Instead] = (),
    ) -> MissingFeaturesError:
        """Compose the text of several lines.

        Args:
            looked_for: the files that are not there, one for each missing array.
            layouts: templates of places where they may be.
            headline: first line; by default it counts the files.
            instead: what was found.
        """
        files = 'file is' if len(looked_for) == 1 else 'files are'
        lines = [headline or f'{len(looked_for)} feature {files} missing:']
        lines += [f'  {path}' for path in looked_for[:_SHOWN]]
        if len(looked_for) > _SHOWN:
            lines.append(f'  ... and {len(looked_for) - _SHOWN} more')
        if instead:
            lines.append('found instead')
            lines += [f'  {found.what}: {found.remedy}' for found in instead[:_SHOWN]]
        if layouts:
            lines.append('features may lie in any of the layouts')
            lines += [f'  {layout}' for layout in layouts]
        lines.append('what runs without any download: python tools/train.py configs/acl/acl_synthetic_us.py')
        error = cls('\n'.join(lines), kind='missing')
        error.looked_for, error.layouts, error.instead = tuple(looked_for), tuple(layouts), tuple(instead)
        return error

    @classmethod
    def describe_some(
        cls, looked_for: Sequence[str], total: int, instead: Sequence[Instead] = ()
    ) -> MissingFeaturesError:
        """Compose the one line for a folder that has some of the features.

        Args:
            looked_for: the files that are not there.
            total: how many there should be.
            instead: what was found in place of the first of them.
        """
        what = f'found {instead[0].what}' if instead else 'no such file'
        remedy = f'{instead[0].remedy}, or leave' if instead else 'add them, or leave'
        error = cls(
            f'{what}; {len(looked_for)} of {total} feature files are missing',
            file=looked_for[0],
            remedy=f'{remedy} the videos out with exclude=(...)',
            kind='missing',
        )
        error.looked_for, error.instead = tuple(looked_for), tuple(instead)
        return error


def near_name(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that may mean the same video: it contains the name, as ``v_<name>`` or ``<name>_rgb``, or is close.

    Args:
        name: of a video without features.
        candidates: names with features that no video has.
    """
    names = list(candidates)
    containing = [other for other in names if len(name) > 2 and name in other]
    close = containing[:1] if len(containing) == 1 else get_close_matches(name, names, 1, 0.8)
    return close[0] if close else None
