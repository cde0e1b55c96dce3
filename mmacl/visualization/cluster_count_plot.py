"""Criteria of the number of clusters as curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from mmacl.clustering.num_clusters import highest
from mmacl.visualization.figures import INK, NEUTRAL, PALETTE, new_figure, set_title, tidy


def draw_cluster_count(
    candidates: Sequence[int],
    criteria: Mapping[str, Sequence[float]],
    best: int,
    true: int | None = None,
    simulated: bool = False,
) -> Figure:
    """Draw each criterion against the number of clusters, one above the other.

    A dot marks the highest value of a curve, a line the chosen number.

    Args:
        candidates: numbers of clusters that were tried, rising.
        criteria: value of each criterion at each number.
        best: the number that was chosen.
        true: number of annotated actions, drawn as a dashed line; None: not known.
        simulated: whether the title says that the videos are simulated.

    Returns:
        A new figure.
    """
    figure = new_figure(7, 1.0 + 1.5 * len(criteria))
    axes = figure.subplots(len(criteria), 1, sharex=True, squeeze=False)[:, 0]
    for index, (axis, (name, values)) in enumerate(zip(axes, criteria.items(), strict=True)):
        colour, best_of = PALETTE[index % len(PALETTE)], highest(values)
        axis.axvline(best, color=NEUTRAL, linewidth=3, alpha=0.5, label='chosen')
        if true is not None:
            axis.axvline(true, color=INK, linewidth=1, linestyle='--', label='annotated actions')
        axis.plot(candidates, values, color=colour, marker='.', linewidth=1.5)
        axis.plot(candidates[best_of], values[best_of], color=colour, marker='o', markersize=8)
        axis.set_title(f'{name}, highest at {candidates[best_of]}', fontsize=9, color=INK, loc='left')
        tidy(axis)
    axes[0].legend(fontsize=8, frameon=False, loc='upper right')
    axes[-1].set_xlabel('number of clusters', fontsize=9, color=INK)
    axes[-1].xaxis.get_major_locator().set_params(integer=True)
    set_title(figure, f'{best} clusters chosen', simulated=simulated)
    return figure
