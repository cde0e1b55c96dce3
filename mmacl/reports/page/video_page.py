"""A video with its segments as one page: the player, a timeline that seeks, a list, the attention."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.localization import clock_text
from mmacl.reports.page.render import render_page
from mmacl.reports.page.timeline_data import SCORE_STEPS, curve_data
from mmacl.version import __version__

_UNIT = 0.001  # seconds of the times in the data
_POINTS = 1500
_STYLES = ('report.css', 'timeline.css', 'player.css')
_SCRIPTS = ('elements.js', 'timeline.js', 'drawing.js', 'player.js')
_LIMITS = {'lanes': 6, 'rows': 60}
_TYPES = {'.mp4': 'video/mp4', '.m4v': 'video/mp4', '.mov': 'video/mp4', '.webm': 'video/webm', '.ogv': 'video/ogg'}


@dataclass(frozen=True, eq=False)
class Curve:
    """An attention along time.

    Attributes:
        title: what it is.
        name: its letter.
        values: (T,).
        label: index of its action; -1: of no action.
    """

    title: str
    name: str
    values: NDArray[np.floating[Any]]
    label: int = -1


@dataclass(frozen=True, eq=False)
class VideoPage:
    """What the page of a video shows.

    Attributes:
        name: of the video.
        duration: in seconds.
        detections: segments, see :func:`~mmacl.localization.describe_detections`.
        labels: all actions, in the order of their colours.
        curves: attentions.
        snippet_duration, offset: where the values of the curves are, in seconds.
        size: width and height of the picture.
        sources: addresses of the video, the first that plays counts.
        files: titles and addresses of further files.
        facts: names and values of what should be known.
        simulated: whether the data are simulated.
    """

    name: str
    duration: float
    detections: Sequence[Mapping[str, Any]]
    labels: Sequence[str]
    curves: Sequence[Curve]
    snippet_duration: float
    offset: float
    size: tuple[int, int]
    sources: Sequence[str]
    files: Sequence[tuple[str, str]] = ()
    facts: Sequence[tuple[str, str]] = field(default=())
    simulated: bool = False

    def render(self) -> str:
        """Return the page; every value is escaped, and it loads nothing but the video."""
        number = {name: index for index, name in enumerate(self.labels)}
        rows = sorted(self.detections, key=lambda found: (found['segment'][0], -found['score']))
        count = Counter(found['label'] for found in rows)
        embedded = all(source.startswith('data:') for source in self.sources)
        width, height = self.size
        content = {
            'name': self.name,
            'mmacl': __version__,
            'simulated': self.simulated,
            'duration': clock_text(self.duration),
            'actions': [{'name': n, 'label': number[n], 'count': c} for n, c in count.most_common()],
            'segments': [
                {
                    'action': found['label'],
                    'label': number[found['label']],
                    'start': clock_text(found['segment'][0]),
                    'end': clock_text(found['segment'][1]),
                    'score': f'{found["score"]:.2f}',
                }
                for found in rows
            ],
            'width': width,
            'height': height,
            'sources': self.sources,
            'embedded': embedded,
            'files': self.files,
            'facts': self.facts,
            'data': self._data(rows, number),
        }
        media = 'data:' if embedded else "'self' file:"
        return render_page(content, 'video.html', _SCRIPTS, _STYLES, media)

    def _data(self, rows: Sequence[Mapping[str, Any]], number: Mapping[str, int]) -> dict[str, Any]:
        """What the browser draws; segments in the order of the list."""
        scale = max((abs(found['score']) for found in self.detections), default=0.0) or 1.0
        flat: list[int] = []
        for found in rows:
            start, end = (round(seconds / _UNIT) for seconds in found['segment'])
            score = round(found['score'] / scale * SCORE_STEPS)
            flat += [start, end, number[found['label']], found['cluster'], -1, score]
        panels = []
        for curve in self.curves:
            values, size, low, high = curve_data(curve.values, _POINTS)
            placed = {'step': self.snippet_duration * size, 'offset': self.offset}
            named = {'name': curve.name, 'title': curve.title, 'label': curve.label}
            panels.append({**named, 'values': values, 'low': low, 'high': high, **placed})
        video = {
            'name': self.name,
            'seconds': self.duration,
            'unit': _UNIT,
            'found': [flat],
            'total': [len(self.detections)],
            'validated': True,
            'panels': panels,
        }
        shared = {'labels': list(self.labels), 'rounds': [None], 'scores': [scale / SCORE_STEPS], 'clusters': {}}
        return {**shared, 'hit': None, 'limits': _LIMITS, 'videos': [video]}


def embedded_video(path: Path) -> str:
    """Return a video file as an address that holds it."""
    kind = _TYPES.get(path.suffix.lower(), 'video/mp4')
    return f'data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}'
