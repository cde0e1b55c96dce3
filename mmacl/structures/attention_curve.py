"""Attention of a video as two curves over time, and the file of such curves for a data set."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.utils import InputError
from mmacl.utils.files import write_bytes_atomically

_OF_VIDEOS = {
    'cluster': np.int64,
    'video_score': np.float64,
    'snippet_duration': np.float64,
    'offset': np.float64,
    'duration': np.float64,
}
_OF_SNIPPETS = ('class_specific', 'class_agnostic')


@dataclass(frozen=True, eq=False)
class AttentionCurve:
    """Class-specific and class-agnostic attention of a video, as in Fig. 5.

    Attributes:
        class_specific: A of the predicted cluster, (T,).
        class_agnostic: S as the method scales it, fused over streams, (T,); None: the method has none.
        cluster: the predicted cluster, which has the largest p_hat.
        video_score: its p_hat.
        snippet_duration: seconds from one snippet to the next.
        offset: start of the first snippet in seconds.
        duration: length of the video in seconds.
    """

    class_specific: NDArray[np.float32]
    class_agnostic: NDArray[np.float32] | None
    cluster: int
    video_score: float
    snippet_duration: float
    offset: float
    duration: float


def save_curves(path: str | PathLike[str], curves: Mapping[str, AttentionCurve]) -> None:
    """Write the curves of V videos as one ``.npz`` file, atomically.

    ``videos``, ``lengths`` and the values of each video are arrays (V,); the values of snippets are two arrays in which
    the videos follow each other. ``class_agnostic`` is left out if no video has it.

    Args:
        path: the file.
        curves: curve of each video by its name, of one method.
    """
    arrays: dict[str, Any] = {
        name: np.array([getattr(c, name) for c in curves.values()], dtype) for name, dtype in _OF_VIDEOS.items()
    }
    with_agnostic = not curves or any(curve.class_agnostic is not None for curve in curves.values())
    for name in _OF_SNIPPETS if with_agnostic else _OF_SNIPPETS[:1]:
        parts = [np.asarray(getattr(curve, name), dtype=np.float32) for curve in curves.values()]
        arrays[name] = np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)
    arrays['lengths'] = np.array([len(curve.class_specific) for curve in curves.values()], dtype=np.int64)
    buffer = io.BytesIO()
    np.savez(buffer, videos=np.array(list(curves), dtype=np.str_), **arrays)
    write_bytes_atomically(path, buffer.getvalue())


def load_curves(path: str | PathLike[str]) -> dict[str, AttentionCurve]:
    """Read the curves that :func:`save_curves` wrote, by name of the video.

    Raises:
        InputError: the file is missing or damaged, or holds something else.
    """
    remedy = 'give the file of curves that a training recorded'
    try:
        with np.load(path, allow_pickle=False) as file:
            names = ('videos', 'lengths', *_OF_VIDEOS, 'class_specific')
            found = {name: file[name] for name in names}
            agnostic = file.get('class_agnostic')
    except OSError as error:
        raise InputError(f'cannot be read ({error.strerror or error})', file=path, remedy=remedy) from error
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(
            f'is not a file of curves ({" ".join(str(error).split())[:200]})', file=path, remedy=remedy
        ) from error
    if not len(found['videos']):
        return {}
    borders = np.cumsum(found['lengths'])[:-1]
    specific = np.split(found['class_specific'], borders)
    agnostic_parts = [None] * len(specific) if agnostic is None else np.split(agnostic, borders)
    of_videos = zip(*(found[name].tolist() for name in _OF_VIDEOS), strict=True)
    return {
        str(video): AttentionCurve(of_snippets, of_all, *values)
        for video, of_snippets, of_all, values in zip(found['videos'], specific, agnostic_parts, of_videos, strict=True)
    }
