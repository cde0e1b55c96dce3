"""Extract the features of videos; a video is decoded once for all its streams."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import tee, zip_longest
from typing import Any, TypeAlias

import numpy as np

from mmacl.utils import InputError
from mmacl.utils.take_turns import take_turns
from mmacl.video.decoding import VideoFile
from mmacl.video.extractors.feature_extractor import FeatureExtractor
from mmacl.video.feature_folder import FeatureFolder
from mmacl.video.snippets import cut_snippets, in_batches, prefetch
from mmacl.video.sources import Source

Features: TypeAlias = tuple[np.ndarray[Any, np.dtype[np.float32]], dict[str, float]]
"""(T, D) float32, and the entry of the video in ``timing.json``."""


def extract_video(
    path: str | os.PathLike[str],
    extractor: FeatureExtractor,
    fps: float = 25.0,
    stride: int = 16,
    batch_size: int = 4,
    allow_partial: bool = False,
) -> Features:
    """Extract the features of one video; memory does not grow with its length.

    Args:
        path: the video file.
        extractor: see :class:`FeatureExtractor`.
        fps: frames a second at which the video is sampled.
        stride: frames from one snippet to the next.
        batch_size: snippets at a time.
        allow_partial: see :class:`VideoFile`.

    Returns:
        (T, D) float32, and the entry of the video in ``timing.json``.

    Raises:
        InputError: the file is no whole video, or is shorter than a snippet.
    """
    return extract_streams(path, [extractor], fps, stride, batch_size, allow_partial)[0]


def extract_streams(
    path: str | os.PathLike[str],
    extractors: Sequence[FeatureExtractor],
    fps: float = 25.0,
    stride: int = 16,
    batch_size: int = 4,
    allow_partial: bool = False,
) -> list[Features]:
    """Extract several streams of one video as :func:`extract_video` does, and decode it once for each size of frames.

    Returns:
        What :func:`extract_video` returns, for each extractor.

    Raises:
        InputError: the file is no whole video, or is shorter than a snippet of one of the extractors.
    """
    video, count = VideoFile(path, allow_partial), 0

    def frames(short_side: int) -> Iterator[Any]:
        nonlocal count
        for number, frame in enumerate(video.frames(fps, short_side), start=1):
            count = number
            yield frame

    def batches() -> Iterator[tuple[int, list[Any]]]:
        """Batches of snippets with the number of their extractor; all extractors are about as far."""
        sizes = [extractor.short_side for extractor in extractors]
        copies = {size: list(tee(frames(size), sizes.count(size))) for size in set(sizes)}
        streams = [_snippets(extractor, copies[extractor.short_side].pop(), stride) for extractor in extractors]
        for together in zip_longest(*(in_batches(stream, batch_size) for stream in streams)):
            yield from ((k, batch) for k, batch in enumerate(together) if batch)

    rows: list[list[np.ndarray[Any, np.dtype[np.float32]]]] = [[] for _ in extractors]
    for k, batch in prefetch(batches()):
        rows[k].append(extractors[k].extract(np.stack(batch)))
    found = []
    for extractor, own in zip(extractors, rows, strict=True):
        if not own:
            raise InputError(
                f'has {count} frames at {fps:g} a second, and a snippet needs {extractor.window}',
                file=os.fspath(path),
                remedy='leave it out, or raise --fps',
                kind='shorter than a snippet',
            )
        timing = {'fps': fps, 'snippet_stride': stride, 'window': extractor.window}
        found.append((np.concatenate(own), {**timing, 'duration': round(video.seconds, 6)}))
    return found


def _snippets(extractor: FeatureExtractor, frames: Iterable[Any], stride: int) -> Iterator[Any]:
    """The snippets that an extractor takes."""
    return cut_snippets(extractor.prepare(frames), extractor.window, stride)


def extract_videos(
    sources: Sequence[Source], streams: Sequence[tuple[FeatureFolder, FeatureExtractor]], **options: Any
) -> Iterator[tuple[Source, int | InputError | None]]:
    """Extract every video that is not done, and go on after one that fails.

    Skip a video that another process is working on, and check it again at the end.

    Args:
        sources: the videos.
        streams: where to write, and what extracts it; streams that lack a video share its decoding.
        options: of :func:`extract_video`.

    Yields:
        Each video with T; the error if it failed; None if it was done before.
    """
    ordered = sorted(streams, key=lambda stream: stream[0].modality)
    for source in take_turns(sources, lambda source: [folder.lock(source) for folder, _ in ordered]):
        yield source, _extract_one(source, ordered, options)


def _extract_one(
    source: Source, streams: Sequence[tuple[FeatureFolder, FeatureExtractor]], options: dict[str, Any]
) -> int | InputError | None:
    try:
        if not source.path.is_file():
            raise InputError('no such file', file=source.path)
        missing = [(folder, extractor) for folder, extractor in streams if not folder.is_done(source)]
        if not missing:
            return None
        found = extract_streams(source.path, [extractor for _, extractor in missing], **options)
    except InputError as error:
        return error
    for (folder, _), (features, timing) in zip(missing, found, strict=True):
        folder.write(source, features, timing)
    return len(found[0][0])
