"""Videos in two dimensions, by class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike, NDArray

from mmacl.visualization.figures import INK, NEUTRAL, class_marker, class_name, hide_covered, new_figure, set_title
from mmacl.visualization.video_sample import count_of

MAX_LEGEND = 28
_MAX_LABELS = 200
NUM_COMPONENTS = 50
FEWEST_FOR_TSNE = 10
_PERPLEXITY = 30.0
_SAME = 1e-6


def embed_videos(representations: ArrayLike, seed: int = 0) -> NDArray[np.float64]:
    """Map videos to two dimensions where similar videos are neighbours: PCA to 50 dimensions, then t-SNE.

    Runs on one thread, so that the same seed gives the same picture. 4,819 videos of 2,048 dimensions take about 20 s
    on one core, 200 videos half a second; of many more, embed those of :func:`sample_videos`. With fewer than ten
    videos, or if all are equal, the first two principal components are returned.

    Args:
        representations: (N, D), N > 0, finite.
        seed: of PCA and t-SNE.

    Returns:
        (N, 2) without a unit: only neighbourhood has a meaning.
    """
    # scikit-learn takes a second to import, and most pictures do not need it.
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    rows = np.asarray(representations, dtype=np.float64)
    centred = rows - rows.mean(axis=0)
    num_components = min(NUM_COMPONENTS, *rows.shape)
    # Equal rows leave only rounding errors, which t-SNE would scale up without bound.
    if num_components < 1 or np.abs(centred).max() <= _SAME * np.abs(rows).max():
        return np.zeros((len(rows), 2))
    with threadpool_limits(limits=1):
        solver = 'randomized' if num_components < min(rows.shape) else 'full'
        pca = PCA(num_components, svd_solver=solver, random_state=seed)
        reduced = pca.fit_transform(centred.astype(np.float32))
        if len(rows) < FEWEST_FOR_TSNE or num_components < 2:
            return np.pad(reduced[:, :2].astype(np.float64), ((0, 0), (0, 2 - min(num_components, 2))))
        start = reduced[:, :2] / reduced[:, 0].std() * 1e-4
        perplexity = min(_PERPLEXITY, (len(rows) - 1) / 3)
        tsne = TSNE(2, perplexity=perplexity, init=start, learning_rate='auto', random_state=seed)
        return np.asarray(tsne.fit_transform(reduced), dtype=np.float64)


def draw_embedding(
    points: ArrayLike,
    classes: ArrayLike,
    class_names: Sequence[str] | None = None,
    *,
    round: int | None = None,
    what: str = 'class',
    simulated: bool = False,
    out_of: int | None = None,
) -> Figure:
    """Draw a point for each video, with colour and marker by class.

    A legend names up to 28 classes. Of more classes, the largest are named in the picture, each at the video in the
    middle of its class, as long as the names do not overlap.

    Args:
        points: (N, 2) of :func:`embed_videos`.
        classes: (N,) class of each video; -1: none, a grey point.
        class_names: names by class; a class without a name is shown as a cluster.
        round: for the title.
        what: what the classes are, for the title.
        simulated: whether the title says that the videos are simulated.
        out_of: number of all videos, where the points are those of a sample; None: they are all.

    Returns:
        A new figure.
    """
    points, classes = np.asarray(points, dtype=np.float64), np.asarray(classes, dtype=np.int64)
    names = None if class_names is None else tuple(class_names)
    figure = new_figure(10.5, 8.0)
    axis = figure.subplots()
    size = float(np.clip(9_000 / max(len(points), 1), 9, 45))
    present = [label for label in np.unique(classes).tolist() if label >= 0]
    unknown = points[classes < 0]
    if len(unknown):
        axis.scatter(unknown[:, 0], unknown[:, 1], s=size / 2, color=NEUTRAL, marker='.', label='none')
    for label in present:
        color, marker, filled = class_marker(label)
        own = points[classes == label]
        axis.scatter(
            own[:, 0],
            own[:, 1],
            s=size,
            marker=marker,
            facecolors=color if filled else 'none',
            edgecolors='white' if filled and size > 12 else color,
            linewidths=0.3 if filled else 0.8,
            label=class_name(label, names, 24),
        )
    _frame(axis, points)
    if len(present) > MAX_LEGEND:
        _name_largest(figure, axis, points, classes, names)
    elif present:
        figure.legend(loc='outside right upper', fontsize=8, frameon=False, markerscale=float(np.sqrt(45 / size)))
    title = f'{count_of(len(points), out_of or len(points))} by representation'
    if round is not None:
        title = f'{title} · round {round}'
    note = f'similar videos are neighbours; colour and marker: {what}'
    set_title(figure, title, note, simulated)
    return figure


def _frame(axis: Axes, points: NDArray[np.float64]) -> None:
    """Leave room around the points; draw no numbers, since positions have no unit."""
    axis.set_xticks([])
    axis.set_yticks([])
    for side in axis.spines.values():
        side.set_color('#cccccc')
    axis.margins(0.05)
    if len(points) and np.ptp(points, axis=0).any():
        axis.set_aspect('equal', adjustable='datalim')


def _name_largest(
    figure: Figure,
    axis: Axes,
    points: NDArray[np.float64],
    classes: NDArray[np.int64],
    names: tuple[str, ...] | None,
) -> None:
    """Write the names of the largest classes at their middle videos, without overlap."""
    labels, counts = np.unique(classes[classes >= 0], return_counts=True)
    halo = [withStroke(linewidth=2.5, foreground='white')]
    figure.canvas.draw()  # does the layout, so that positions have pixels
    texts = []
    for label in labels[np.argsort(-counts, kind='stable')][:_MAX_LABELS].tolist():
        own = points[classes == label]
        middle = own[np.square(own - np.median(own, axis=0)).sum(axis=1).argmin()]
        pixels = axis.transData.transform(own) - axis.transData.transform(middle)
        # Above a dense class, in the middle of a scattered one.
        above = min(float(np.percentile(np.abs(pixels[:, 1]), 80)), 12.0) + 4
        across = axis.transAxes.inverted().transform(axis.transData.transform(middle))[0]
        side = 'left' if across < 0.1 else 'right' if across > 0.9 else 'center'
        texts.append(
            axis.annotate(
                class_name(label, names, 24),
                middle,
                (0, above * 72 / figure.dpi),
                textcoords='offset points',
                fontsize=8,
                color=INK,
                ha=side,
                va='bottom',
                path_effects=halo,
            )
        )
    figure.canvas.draw()
    hide_covered(texts)
