"""Pictures of an error analysis: types of false positives, sensitivity, missed instances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from mmacl.evaluation.error_analysis import ERROR_TYPES, Diagnosis
from mmacl.visualization.figures import INK, PALETTE, finish, new_figure

# True positives first, in green; background errors palest. Hatches tell neighbours apart without colour.
_TYPE_STYLES = (
    (PALETTE[2], ''),
    (PALETTE[4], '///'),
    (PALETTE[3], '...'),
    (PALETTE[0], ''),
    (PALETTE[1], 'xxx'),
    ('#BBBBBB', ''),
)


def draw_diagnosis(diagnosis: Diagnosis, facts: str) -> dict[str, Figure]:
    """Draw the pictures of an analysis: ``false_positives``, ``sensitivity`` and ``missed``.

    Args:
        diagnosis: result of :func:`~mmacl.evaluation.error_analysis.diagnose`.
        facts: what was analysed, for the titles.
    """
    errors, sensitivity = diagnosis.errors, diagnosis.sensitivity
    base, gains = float(errors.normalized_map.mean()), errors.gains.mean(axis=0)
    figures = {
        'false_positives': draw_false_positives(errors.shares, gains, ERROR_TYPES, base, f'False positives · {facts}')
    }
    bins = {kind.name: kind.bins for kind in diagnosis.kinds}
    for name, by_bin, overall, ylabel in (
        ('sensitivity', sensitivity.maps_by_bin, sensitivity.normalized_map, 'normalised mAP (%)'),
        ('missed', sensitivity.missed_by_bin, sensitivity.missed, 'missed instances (%)'),
    ):
        means = {key: value.mean(axis=0) for key, value in by_bin.items()}
        title = f'{name.capitalize()} · {facts}'
        counts, all_instances = sensitivity.num_instances, float(overall.mean())
        figures[name] = draw_by_characteristic(means, bins, counts, all_instances, ylabel, title)
    return figures


def draw_false_positives(shares: ArrayLike, gains: ArrayLike, names: Sequence[str], base: float, title: str) -> Figure:
    """Draw the types of detections by slice of the ranking, beside the cost of each error type.

    Args:
        shares: (groups, 6) share of each type in each slice, true positives first; all 0 in an empty slice.
        gains: (5,) gain in normalised mAP when an error type is removed.
        names: of the six types.
        base: normalised mAP with all errors.
        title: above both plots.
    """
    shares, gains = np.asarray(shares, dtype=np.float64), np.asarray(gains, dtype=np.float64)
    figure = new_figure(12, 4.8)
    left, right = figure.subplots(1, 2, width_ratios=[3, 2])
    places, bottom = np.arange(len(shares)), np.zeros(len(shares))
    for name, part, (colour, hatch) in zip(names, 100 * shares.T, _TYPE_STYLES, strict=True):
        left.bar(places, part, 0.86, bottom, color=colour, hatch=hatch, edgecolor='white', linewidth=0.5, label=name)
        bottom += part
    for place in places[bottom == 0]:
        left.text(place, 2, 'none', ha='center', rotation=90, fontsize=8, color=INK)
    left.set_xticks(places, [f'{place + 1}G' for place in places])
    left.set_xlim(-0.6, len(places) - 0.4)
    left.set_ylim(0, 100)
    left.set_xlabel('slices of the ranking, each as long as its class has instances (G)', fontsize=9, color=INK)
    left.set_ylabel('detections (%)', fontsize=9, color=INK)
    figure.legend(loc='outside lower center', ncols=6, fontsize=9, frameon=False)

    rows = np.arange(len(gains))
    for row, gain, (colour, hatch) in zip(rows, 100 * gains, _TYPE_STYLES[1:], strict=True):
        right.barh(row, gain, 0.72, color=colour, hatch=hatch, edgecolor='white', linewidth=0.5)
        right.text(max(gain, 0), row, f' +{gain:.1f}', va='center', fontsize=9, color=INK)
    right.set_yticks(rows, list(names[1:]))
    right.invert_yaxis()
    right.set_xlim(0, max(115 * float(gains.max(initial=0)), 1.0))
    right.set_xlabel(f'gain in normalised mAP without this error, points (now {100 * base:.1f})', fontsize=9, color=INK)
    finish(figure, (left, right), title)
    return figure


def draw_by_characteristic(
    values: Mapping[str, NDArray[np.float64]],
    bins: Mapping[str, Sequence[str]],
    counts: Mapping[str, NDArray[np.int64]],
    base: float,
    ylabel: str,
    title: str,
) -> Figure:
    """Draw a bar for each bin of each characteristic, and a line at the value over all instances.

    Args:
        values: characteristic -> (bins,) fractions, NaN for a bin without instances.
        bins: characteristic -> names of its bins.
        counts: characteristic -> (bins,) number of instances.
        base: fraction over all instances.
        ylabel: label of the fractions.
        title: above all plots.
    """
    figure = new_figure(12, 4.2)
    axes = figure.subplots(1, len(values), sharey=True, squeeze=False)[0]
    known = np.concatenate([*values.values(), [base]])
    top = 100 * float(np.nanmax(known))
    for axis, (name, of_bins), colour in zip(axes, values.items(), PALETTE, strict=False):
        places = np.arange(len(of_bins))
        shown = 100 * np.nan_to_num(of_bins)
        axis.bar(places, shown, 0.76, color=colour)
        axis.axhline(100 * base, color=INK, linestyle='--', linewidth=1)
        for place, height, value in zip(places, shown, of_bins, strict=True):
            text = 'none' if np.isnan(value) else f'{height:.1f}'
            # A white halo, where the line for all instances would cross the number.
            halo = [withStroke(linewidth=4, foreground='white')]
            axis.text(place, height + 0.015 * top, text, ha='center', fontsize=8, color=INK, path_effects=halo)
        in_lines = [label.replace(' (', '\n(') for label in bins[name]]
        axis.set_xticks(places, [f'{label}\nn={n:,}' for label, n in zip(in_lines, counts[name], strict=True)])
        axis.set_xlim(-0.6, len(places) - 0.4)
        axis.set_title(name, fontsize=10, color=INK)
    axes[0].set_ylabel(ylabel, fontsize=9, color=INK)
    axes[0].set_ylim(0, max(1.15 * top, 1.0))
    axes[0].yaxis.set_major_locator(MaxNLocator(6))
    finish(figure, axes, f'{title} · dashed: all instances, {100 * base:.1f} %')
    return figure
