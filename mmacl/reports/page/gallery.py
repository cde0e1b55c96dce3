"""The gallery of discovered actions: the most confident segments of each cluster, and fields to name them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmacl.reports.page.render import picture_of, render_page
from mmacl.structures import ActionNames
from mmacl.structures.action_names import cluster_name
from mmacl.utils import InputError, log_warning, track, write_json_atomically, write_text_atomically
from mmacl.utils.strict_json import read_strict_json
from mmacl.version import __version__

if TYPE_CHECKING:
    from mmacl.clustering.num_clusters import ClusterCount

_CLIPS, _ALL_CLIPS = 8, 160
_STYLES = ('report.css', 'gallery.css')
_SCRIPTS = ('gallery.js',)


def write_gallery(
    out: str | PathLike[str],
    detections: Mapping[str, Sequence[Mapping[str, Any]]],
    num_clusters: int,
    title: str,
    facts: Sequence[str] = (),
    videos: Mapping[str, Path] | None = None,
    clips: str | PathLike[str] | None = None,
    names: ActionNames | None = None,
    count: ClusterCount | None = None,
    simulated: bool = False,
) -> Path:
    """Write the gallery as one HTML file that loads nothing from the network.

    Args:
        out: the file.
        detections: by video, ``cluster``, ``score`` and ``segment`` of each.
        num_clusters: C.
        title: heading of the page.
        facts: short texts below it.
        videos: file of each video; of the others only the times are shown.
        clips: folder where clips are kept, so that they are cut once; None: they are not kept.
        names: names to start with.
        count: why there are C clusters.
        simulated: whether the page says that the data are simulated.

    Returns:
        The file.
    """
    rows = [
        chosen_segments(detections, cluster, min(_CLIPS, max(_ALL_CLIPS // num_clusters, 2)))
        for cluster in range(num_clusters)
    ]
    cutter = _Cutter(videos or {}, None if clips is None else Path(clips))
    wanted = [(cluster, row) for cluster, of_cluster in enumerate(rows) for row in of_cluster]
    shown: dict[int, list[dict[str, Any]]] = {cluster: [] for cluster in range(num_clusters)}
    for cluster, row in track(wanted, 'clips', len(wanted)):
        shown[cluster].append(cutter.clip(row))
    clusters: list[dict[str, Any]] = [
        {'name': cluster_name(cluster, num_clusters), 'clips': shown[cluster], **_sizes(detections, cluster)}
        for cluster in range(num_clusters)
    ]
    content = {
        'title': title,
        'mmacl': __version__,
        'simulated': simulated,
        'facts': facts,
        'clusters': clusters,
        'playing': any(clip['source'] for cluster in clusters for clip in cluster['clips']),
        'count': None if count is None else _count(count),
        'notes': cutter.notes,
        'data': {'names': (names or ActionNames()).to_json(num_clusters)},
    }
    path = Path(out)
    write_text_atomically(path, render_page(content, 'gallery.html', _SCRIPTS, _STYLES))
    return path


def chosen_segments(
    detections: Mapping[str, Sequence[Mapping[str, Any]]], cluster: int, number: int
) -> list[dict[str, Any]]:
    """Choose the most confident segments of a cluster, from as many videos as there are, best first."""
    found = [
        {'video': video, 'turn': turn, **row}
        for video, rows in detections.items()
        for turn, row in enumerate(
            sorted((row for row in rows if row['cluster'] == cluster), key=lambda row: -row['score'])
        )
    ]
    return sorted(found, key=lambda row: (row['turn'], -row['score'], row['video']))[:number]


def _sizes(detections: Mapping[str, Sequence[Mapping[str, Any]]], cluster: int) -> dict[str, int]:
    numbers = [sum(row['cluster'] == cluster for row in rows) for rows in detections.values()]
    return {'segments': sum(numbers), 'videos': sum(number > 0 for number in numbers)}


def _count(count: ClusterCount) -> dict[str, Any]:
    from mmacl.visualization.cluster_count_plot import draw_cluster_count

    figure = draw_cluster_count(count.candidates, count.criteria, count.best)
    alt = 'Eigengap, silhouette and stability by number of clusters.'
    return {'best': count.best, 'reasons': count.reasons, 'picture': picture_of(figure, 'Number of clusters', alt)}


class _Cutter:
    """Cut clips, or read those that were cut before."""

    def __init__(self, videos: Mapping[str, Path], kept: Path | None) -> None:
        self.videos, self.kept = videos, kept
        self.notes: list[str] = []
        self._broken: set[str] = set()

    def clip(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What the page shows of a segment."""
        start, end = (float(value) for value in row['segment'])
        place = f'{_clock(start)} to {_clock(end)}'
        shown = {
            'video': row['video'],
            'place': place,
            'source': '',
            'frames': 0,
            'width': 0,
            'height': 0,
            'seconds': 0,
        }
        path = self.videos.get(row['video'])
        if path is not None and row['video'] not in self._broken:
            try:
                shown.update(self._kept_clip(path, start, end))
            except InputError as error:
                self._broken.add(row['video'])
                self.notes.append(f'{row["video"]}: no clips; {error.what}')
                log_warning(f'no clips of a video: {error}')
        return shown

    def _kept_clip(self, path: Path, start: float, end: float) -> dict[str, Any]:
        if not path.is_file():
            raise InputError('no such file', file=path, remedy='put it back and write the gallery again')
        if self.kept is None:
            return _cut(path, start, end)
        stamp = path.stat()
        key = json.dumps([str(path.resolve()), stamp.st_size, stamp.st_mtime_ns, start, end])
        place = self.kept / f'{hashlib.sha256(key.encode()).hexdigest()[:24]}.json'
        if place.is_file():
            kept: dict[str, Any] = read_strict_json(place, 'a clip of the gallery')
            return kept
        clip = _cut(path, start, end)
        write_json_atomically(place, clip)
        return clip


def _cut(path: Path, start: float, end: float) -> dict[str, Any]:
    from mmacl.video.filmstrips import cut_filmstrip

    strip = cut_filmstrip(path, start, end)
    if strip is None:
        return {}
    source = f'data:image/jpeg;base64,{base64.b64encode(strip.jpeg).decode()}'
    size = {'frames': strip.frames, 'width': strip.width, 'height': strip.height, 'seconds': strip.seconds}
    return {'source': source, **size}


def _clock(seconds: float) -> str:
    """Minutes and seconds, and hours where there are any."""
    tenths = round(seconds * 10)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    return f'{f"{hours}:{minutes:02d}" if hours else minutes}:{tenths / 10:04.1f}'
