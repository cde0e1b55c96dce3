"""The files of one video: subtitles, a video with a timeline, a page."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from mmacl.localization import srt_text, vtt_text
from mmacl.reports.page import Curve, VideoPage, embedded_video
from mmacl.structures import ActionDataSample, ClusterMapping
from mmacl.utils import log_warning, write_text_atomically
from mmacl.video import Source, VideoFacts, VideoFile, annotated_size, write_annotated_video
from mmacl.visualization import draw_timeline_strip

Detection = Mapping[str, Any]

_CURVES = 3
_MOST_EMBEDDED = 200 * 2**20  # bytes; browsers refuse much longer addresses
_PLAYED = {'.mp4': ('h264', 'av1'), '.m4v': ('h264',), '.mov': ('h264',), '.webm': ('vp8', 'vp9', 'av1')}


def write_found_actions(
    folder: Path,
    source: Source,
    sample: ActionDataSample,
    detections: Sequence[Detection],
    mapping: ClusterMapping,
    facts: Sequence[tuple[str, str]] = (),
    *,
    with_mp4: bool = True,
    embed: bool = False,
    allow_partial: bool = False,
) -> None:
    """Write ``<video>.srt``, ``.vtt``, ``.mp4`` and ``.html``, each whole or not at all.

    Args:
        folder: where to write.
        source: the video.
        sample: what the model says about it.
        detections: its segments, as chosen, see :func:`~mmacl.localization.describe_detections`.
        mapping: actions of the clusters.
        facts: names and values for the page.
        with_mp4: whether the video with a timeline is written, which takes the longest.
        embed: whether the page holds the video itself.
        allow_partial: whether a truncated video is used as far as it goes.

    Raises:
        InputError: the video cannot be read, or a file cannot be written.
    """
    labels = mapping.class_names
    srt, vtt, mp4, html = (folder / f'{source.name}.{ending}' for ending in ('srt', 'vtt', 'mp4', 'html'))
    video = VideoFile(source.path, allow_partial)
    write_text_atomically(srt, srt_text(detections))
    write_text_atomically(vtt, vtt_text(detections))
    if with_mp4:
        strip = draw_timeline_strip(detections, labels, sample.duration, annotated_size(video.facts)[0])
        write_annotated_video(video, mp4, strip, source.name)
    files = [('subtitles, SRT', srt), ('subtitles, WebVTT', vtt)]
    files = [('video with a timeline, MP4', mp4), *files] if with_mp4 else files
    page = VideoPage(
        name=source.name,
        duration=sample.duration,
        detections=detections,
        labels=labels,
        curves=_curves(sample, detections, mapping),
        snippet_duration=sample.snippet_duration,
        offset=sample.get('offset', 0.0),
        size=(video.facts.width, video.facts.height),
        sources=_addresses(source.path, video.facts, mp4 if with_mp4 else None, folder, embed),
        files=[(title, quote(path.name)) for title, path in files],
        facts=facts,
    )
    write_text_atomically(html, page.render())


def _addresses(path: Path, facts: VideoFacts, mp4: Path | None, folder: Path, embed: bool) -> list[str]:
    """Where the page finds the video, what a browser surely plays first."""
    eight_bit = facts.pixels in ('yuv420p', 'yuvj420p')
    played = eight_bit and facts.codec in _PLAYED.get(path.suffix.lower(), ())
    candidates = [path] if mp4 is None else [path, mp4]
    if not played:
        candidates.reverse()
    if embed and candidates[0].stat().st_size <= _MOST_EMBEDDED:
        return [embedded_video(candidates[0])]
    if embed:
        log_warning(f'{candidates[0]}: is larger than {_MOST_EMBEDDED >> 20} MiB; the page refers to it')
    return [_relative(candidate, folder) for candidate in candidates]


def _relative(path: Path, folder: Path) -> str:
    """The address of a file, from a page in a folder."""
    try:
        way = os.path.relpath(path, folder)
    except ValueError:  # another drive of Windows
        return path.absolute().as_uri()
    return quote(way.replace(os.sep, '/'))


def _curves(sample: ActionDataSample, detections: Sequence[Detection], mapping: ClusterMapping) -> list[Curve]:
    """A of the surest actions, the strongest of their clusters, and S if the method has it."""
    attention = np.asarray(sample.class_specific_attention.cpu(), dtype=np.float32)
    surest = dict.fromkeys(found['label'] for found in sorted(detections, key=lambda row: -row['score']))
    curves = []
    for name in list(surest)[:_CURVES]:
        label = mapping.class_names.index(name)
        clusters = np.flatnonzero(mapping.weights[:, label] > 0)
        curves.append(Curve(f'A of {name}', 'A', attention[:, clusters].max(axis=1), label))
    agnostic = sample.get('class_agnostic_attention')
    if agnostic is not None:
        curves.append(Curve('S', 'S', np.asarray(agnostic.cpu(), dtype=np.float32)))
    return curves
