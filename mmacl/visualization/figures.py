"""Figures without windows, independent of pyplot and of matplotlib's settings."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.image import imsave
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from numpy.typing import ArrayLike, NDArray

from mmacl.utils.files import write_bytes_atomically

DPI = 100
# Okabe and Ito's colour-blind-safe colours without black, the colour of text; neighbours differ in lightness too.
PALETTE = ('#0072B2', '#E69F00', '#009E73', '#CC79A7', '#56B4E9', '#D55E00', '#F0E442')
HATCHES = ('', '///', '...', 'xxx', '\\\\\\')
MARKERS = ('o', 's', '^', 'D', 'v', 'P', 'X', '*')
INK = '#222222'
NEUTRAL = '#999999'


def class_style(label: int) -> tuple[str, str]:
    """Return colour and hatch of a class: the same in every picture, distinct for 35 classes, then repeating."""
    return PALETTE[label % len(PALETTE)], HATCHES[label // len(PALETTE) % len(HATCHES)]


def class_marker(label: int) -> tuple[str, str, bool]:
    """Return colour, marker and whether it is filled: distinct for 112 classes, then repeating."""
    turn = label // len(PALETTE)
    return PALETTE[label % len(PALETTE)], MARKERS[turn % len(MARKERS)], turn // len(MARKERS) % 2 == 0


def class_name(label: int, class_names: tuple[str, ...] | None, longest: int = 26) -> str:
    """Return the name of a class as a label: shortened, with ``$`` escaped. A class without a name is its cluster."""
    known = class_names is not None and 0 <= label < len(class_names)
    return plain(shorten(class_names[label] if class_names is not None and known else f'cluster_{label:02d}', longest))


def shorten(text: str, longest: int) -> str:
    """Cut a text to a length, with an ellipsis."""
    return text if len(text) <= longest else text[: longest - 1] + '…'


def plain(text: str) -> str:
    """Escape dollar signs, which would start a formula in matplotlib."""
    return text.replace('$', r'\$')


def new_figure(width: float, height: float, layout: Literal['constrained'] | None = 'constrained') -> Figure:
    """Make a figure of a size in inches without a window; with ``layout=None`` axes stay where they are placed."""
    figure = Figure(figsize=(width, height), dpi=DPI, layout=layout, facecolor='white')
    FigureCanvasAgg(figure)
    return figure


def set_title(figure: Figure, title: str, note: str = '', simulated: bool = False) -> None:
    """Write the title at the top left of a figure, with notes on how to read it below.

    Args:
        figure: of :func:`new_figure`.
        title: one line.
        note: further lines.
        simulated: whether the title ends in 'simulated'.
    """
    if simulated and 'simulated' not in title:
        title = f'{title} · simulated'
    lines = note.split('\n') if note else []
    text = '\n'.join([plain(title), *map(plain, lines)])
    width, height = figure.get_size_inches()
    # A layout engine sets the height itself.
    place = {} if figure.get_layout_engine() is not None else {'y': 1 - 0.08 / height}
    figure.suptitle(text, fontsize=10, color=INK, x=0.1 / width, ha='left', va='top', **place)


def axes_at(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Add axes at a position in inches."""
    across, up = figure.get_size_inches()
    return figure.add_axes((left / across, bottom / up, width / across, height / up))


def width_of(texts: Iterable[str], fontsize: float) -> float:
    """Return the width of the longest text in inches."""
    font = FontProperties(size=fontsize)
    widths = [text_to_path.get_text_width_height_descent(text, font, ismath=False)[0] for text in texts]
    return float(max(widths, default=0.0)) / 72


def tidy(axis: Axes) -> None:
    """Remove the lines that carry no information."""
    for side in ('top', 'right'):
        axis.spines[side].set_visible(False)
    for side in ('left', 'bottom'):
        axis.spines[side].set_color(NEUTRAL)
    axis.tick_params(labelsize=8, colors=INK)
    axis.set_axisbelow(True)


def finish(figure: Figure, axes: Iterable[Axes], title: str) -> None:
    """Tidy all axes and write the title of the figure."""
    for axis in axes:
        tidy(axis)
    figure.suptitle(plain(title), fontsize=11, color=INK, x=0.01, ha='left')


def labels_with_room(places: ArrayLike, importance: ArrayLike, room: float) -> list[int]:
    """Choose labels along a line, the most important first, at least ``room`` apart.

    Args:
        places: (N,) position of each label.
        importance: (N,) higher first; the earlier of equals.
        room: smallest distance, in the unit of ``places``.

    Returns:
        Indices of the chosen labels, rising.
    """
    places = np.asarray(places, dtype=np.float64)
    chosen: list[int] = []
    for index in np.argsort(-np.asarray(importance, dtype=np.float64), kind='stable').tolist():
        if all(abs(places[index] - places[other]) >= room for other in chosen):
            chosen.append(index)
    return sorted(chosen)


def hide_covered(texts: Sequence[Text], padding: float = 1.0) -> list[Text]:
    """Hide each text that touches an earlier one.

    Args:
        texts: of one figure whose layout is done, the most important first.
        padding: free pixels around each text.

    Returns:
        The texts that stay visible.
    """
    kept: list[Text] = []
    for text in texts:
        box = text.get_window_extent().padded(padding)
        if any(box.overlaps(other.get_window_extent()) for other in kept):
            text.set_visible(False)
        else:
            kept.append(text)
    return kept


def figure_to_rgb(figure: Figure) -> NDArray[np.uint8]:
    """Render a figure of :func:`new_figure`, (H, W, 3)."""
    canvas = figure.canvas
    if not isinstance(canvas, FigureCanvasAgg):
        canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def save_image(image: NDArray[np.uint8], path: str | Path) -> None:
    """Write an RGB image, (H, W, 3), as PNG, whole or not at all; folders are made."""
    buffer = io.BytesIO()
    imsave(buffer, image, format='png')
    write_bytes_atomically(path, buffer.getvalue())


def save_figure(figure: Figure, path: str | Path) -> None:
    """Render a figure and write it as PNG."""
    save_image(figure_to_rgb(figure), path)
