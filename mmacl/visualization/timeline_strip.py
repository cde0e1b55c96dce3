"""The timeline that stands under the picture of a video."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mmacl.video.annotated_video import TimelineStrip
from mmacl.visualization.figures import DPI, axes_at, class_style, figure_to_rgb, new_figure, plain, shorten

_MOST_ROWS = 8
_BACK, _TEXT, _LINE, _OTHER = '#14171b', '#e8eaed', '#4a515b', '#999999'


def draw_timeline_strip(
    detections: Sequence[Mapping[str, Any]], labels: Sequence[str], duration: float, width: int
) -> TimelineStrip:
    """Draw the segments of a video, a row a class, the strongest score in full colour.

    Args:
        detections: as :func:`~mmacl.localization.describe_detections` makes them.
        labels: all classes in the order of their colours; rows are those that have segments. Where there are more than
            eight, the last row holds the rest.
        duration: of the video in seconds.
        width: of the picture in pixels.

    Returns:
        A strip of an even height.
    """
    rows = _rows(detections, labels)
    text = min(max(width / 62, 9.0), 16.0)  # pixels
    row_height, axis_height, space = round(text * 1.5), round(text * 1.9), round(text * 0.5)
    height = space + max(len(rows), 1) * row_height + axis_height
    height += height % 2
    left, right = round(0.22 * width), width - round(1.5 * text)
    figure = new_figure(width / DPI, height / DPI, layout=None)
    figure.set_facecolor(_BACK)
    size = text * 72 / DPI
    bottom = height - space - max(len(rows), 1) * row_height
    axis = axes_at(figure, left / DPI, bottom / DPI, (right - left) / DPI, (height - space - bottom) / DPI)
    _set_up(axis, duration, max(len(rows), 1), size)
    places = []
    for number, (name, label, found) in enumerate(rows):
        _draw_row(axis, number, label, found)
        letters = int((left - 2 * text) / (0.56 * text))
        figure.text(
            (left - 0.5 * text) / width,
            1 - (space + (number + 0.5) * row_height) / height,
            plain(shorten(name, max(letters, 4))),
            fontsize=size,
            color=_TEXT,
            ha='right',
            va='center',
        )
        top = space + number * row_height
        segments = np.array([row['segment'] for row in found], dtype=np.float64).reshape(-1, 2)
        places.append((top + 2, top + row_height - 2, segments))
    with warnings.catch_warnings():
        warnings.filterwarnings('ignore', message='Glyph')  # a name in a script that the font lacks
        image = figure_to_rgb(figure)
    return TimelineStrip(image, left, right, duration, tuple(places))


def _rows(
    detections: Sequence[Mapping[str, Any]], labels: Sequence[str]
) -> list[tuple[str, int, list[Mapping[str, Any]]]]:
    """Name, label and segments of each row."""
    number = {name: index for index, name in enumerate(labels)}
    by_label: dict[str, list[Mapping[str, Any]]] = {}
    for found in sorted(detections, key=lambda row: -row['score']):
        by_label.setdefault(found['label'], []).append(found)
    names = list(by_label)  # the surest class first
    kept = names if len(names) <= _MOST_ROWS else names[: _MOST_ROWS - 1]
    rows = [(name, number.get(name, 0), by_label[name]) for name in kept]
    rest = [found for name in names[len(kept) :] for found in by_label[name]]
    return rows + ([(f'{len(names) - len(kept)} others', -1, rest)] if rest else [])


def _set_up(axis: Axes, duration: float, num_rows: int, size: float) -> None:
    """Axes of a timeline: time in minutes and seconds, nothing else."""
    axis.set_facecolor(_BACK)
    axis.set_xlim(0, duration or 1.0)
    axis.set_ylim(num_rows, 0)
    axis.set_yticks([])
    for side in ('top', 'left', 'right'):
        axis.spines[side].set_visible(False)
    axis.spines['bottom'].set_color(_LINE)
    axis.tick_params(axis='x', labelsize=size, colors=_TEXT, length=2, pad=2)
    axis.xaxis.set_major_formatter(lambda seconds, _: _clock(seconds, duration))
    axis.xaxis.get_major_locator().set_params(nbins=6, steps=[1, 2, 3, 5, 6, 10])  # type: ignore[call-arg]
    axis.hlines(np.arange(num_rows) + 0.5, 0, duration or 1.0, color=_LINE, linewidth=0.5, zorder=0)


def _draw_row(axis: Axes, number: int, label: int, found: Sequence[Mapping[str, Any]]) -> None:
    """Bars of one class; shorter ones above, so that those inside others are seen."""
    colour, hatch = (_OTHER, '') if label < 0 else class_style(label)
    highest = max(abs(row['score']) for row in found) or 1.0
    for row in sorted(found, key=lambda row: row['segment'][0] - row['segment'][1]):
        start, end = row['segment']
        strength = 0.35 + 0.65 * max(row['score'] / highest, 0.0)
        axis.add_patch(
            Rectangle(
                (start, number + 0.15),
                end - start,
                0.7,
                facecolor=colour,
                edgecolor=_BACK,
                hatch=hatch,
                linewidth=0.8,
                alpha=strength,
            )
        )


def _clock(seconds: float, duration: float) -> str:
    if duration < 10:
        return f'{seconds:.1f} s'
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f'{hours}:{minutes:02d}:{whole % 60:02d}' if duration >= 3600 else f'{minutes}:{whole % 60:02d}'
