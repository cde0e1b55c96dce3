"""The timeline of one video: ground truth, detections and both attentions (Fig. 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mmacl.visualization.figures import INK, NEUTRAL, class_style, new_figure, plain, shorten
from mmacl.visualization.panels import AmbiguousPanel, CurvePanel, DetectionPanel, EmptyPanel, Panel, TruthPanel


class Fields(Protocol):
    """Fields of a video or of its instances: a dict of arrays, or a data sample, which has ``get`` as well."""

    def get(self, key: str, default: Any = None, /) -> Any:
        """Return the value of a field."""
        ...


def draw_timeline(
    data_sample: Fields,
    class_names: Sequence[str] | None = None,
    *,
    draw_gt: bool = True,
    draw_pred: bool = True,
    max_detections: int = 100,
    simulated: bool = False,
    rounds: Mapping[int, Any] | None = None,
) -> Figure:
    """Draw the fields that the sample has.

    From top to bottom, over one time axis in seconds: ground truth, a row for each class; ambiguous segments; the best
    detections, a row for each class, stronger colour for a higher score, overlapping ones below each other, one panel
    for each round if ``rounds`` is given; A of the cluster with the highest video score, in the colour of its action;
    S, as the method scales it, if it has one. The ground truth is shaded behind the curves.

    Args:
        data_sample: one video, an :class:`~mmacl.structures.ActionDataSample` or a dict with its fields, such as
            ``{'video_name': 'a', 'duration': 9.0, 'gt_instances': {'segments': (N, 2), 'labels': (N,)}}``.
        class_names: names of the actions by label; a label without a name is shown as its cluster.
        draw_gt: whether ground truth is drawn.
        draw_pred: whether detections and attentions are drawn.
        max_detections: at most this many of the best detections; those that do not fit into three lanes for each class
            and eight classes are left out, and the label says how many are shown.
        simulated: whether the title says that the video is simulated; it also does if the sample says so.
        rounds: round -> instances like ``pred_instances``, drawn in their place; the curves stay those of the sample.

    Returns:
        A new figure, for :func:`~mmacl.visualization.figure_to_rgb` or :func:`~mmacl.visualization.save_figure`.
    """
    names = None if class_names is None else tuple(class_names)
    truth, found = data_sample.get('gt_instances'), data_sample.get('pred_instances')
    detected = {'detections': found} if found is not None else {}
    if rounds is not None:
        detected = {f'round {round_}': rounds[round_] for round_ in sorted(rounds)}
    panels: list[Panel] = []
    shaded, first_classes = np.empty((0, 2)), []
    ends, count = [0.0], 0
    if draw_gt and truth is not None:
        shaded = _segments(truth)
        panel = TruthPanel(shaded, _array(truth, 'labels'), names)
        first_classes = panel.classes
        panels.append(panel)
        ends, count = [*ends, *shaded[:, 1].tolist()], len(shaded)
    unclear = data_sample.get('gt_ambiguous')
    if draw_gt and unclear is not None and len(_segments(unclear)):
        panels.append(AmbiguousPanel(_segments(unclear)))
        ends = [*ends, *_segments(unclear)[:, 1].tolist()]
    for text, instances in detected.items() if draw_pred else ():
        segments, labels, scores = (
            _segments(instances),
            _numpy(instances.get('labels')),
            _numpy(instances.get('scores')),
        )
        detections = DetectionPanel(segments, labels, scores, names, first_classes, max_detections, text)
        panels.append(detections)
        ends, count = [*ends, *segments[:, 1].tolist()], max(count, detections.num_shown)
    if draw_pred:
        panels += _curves(data_sample, shaded)

    figure = _assemble(panels or [EmptyPanel()], 10 + 0.06 * count, max(*ends, *_known_ends(data_sample)) or 1.0)
    figure.suptitle(_title(data_sample, simulated), fontsize=11, color=INK, x=0.01, ha='left')
    return figure


def _curves(sample: Fields, shaded: NDArray[np.float64]) -> list[Panel]:
    """Return the panels of A of the predicted cluster and of S."""
    panels: list[Panel] = []
    specific, agnostic = sample.get('class_specific_attention'), sample.get('class_agnostic_attention')
    scores, curve = sample.get('video_scores'), sample.get('attention_curve')
    if curve is not None:
        panels.append(_curve_of_cluster(sample, curve.class_specific, curve.cluster, curve.video_score, shaded))
        agnostic = curve.class_agnostic
    elif specific is not None and scores is not None:
        p_hat = _numpy(scores)
        cluster = int(p_hat.argmax())
        panels.append(_curve_of_cluster(sample, _numpy(specific)[:, cluster], cluster, float(p_hat[cluster]), shaded))
    if agnostic is not None:
        values = _numpy(agnostic)
        panels.append(CurvePanel(values, _edges(sample, len(values)), 'S', NEUTRAL, shaded))
    return panels


def _curve_of_cluster(
    sample: Fields, values: NDArray[Any], cluster: int, score: float, shaded: NDArray[np.float64]
) -> CurvePanel:
    text = f'A, cluster {cluster}\np = {score:.2f}'
    return CurvePanel(values, _edges(sample, len(values)), text, _color_of(sample, cluster), shaded)


def _color_of(sample: Fields, cluster: int) -> str:
    """Return the colour of the action of the best detection from a cluster."""
    found = sample.get('pred_instances')
    clusters = None if found is None else found.get('clusters')
    if found is not None and clusters is not None:
        labels = _array(found, 'labels')[_numpy(clusters) == cluster]
        if len(labels):
            return class_style(int(labels[0]))[0]
    return NEUTRAL


def _assemble(panels: list[Panel], width: float, end: float) -> Figure:
    """Draw panels below each other over one time axis from 0 to ``end``."""
    heights = [panel.height for panel in panels]
    figure = new_figure(float(np.clip(width, 10, 18)), sum(heights) + 0.85)
    axes = figure.subplots(len(panels), sharex=True, squeeze=False, gridspec_kw={'height_ratios': heights})[:, 0]
    for axis, panel in zip(axes, panels, strict=True):
        panel.draw(axis)
        _tidy(axis)
    axes[-1].set_xlim(0, end)
    axes[-1].set_xlabel('time (s)', fontsize=9, color=INK)
    axes[-1].tick_params(axis='x', labelsize=8, length=3)
    return figure


def _tidy(axis: Axes) -> None:
    """Remove the lines that carry no information."""
    for side in ('top', 'right'):
        axis.spines[side].set_visible(False)
    for side in ('left', 'bottom'):
        axis.spines[side].set_color(NEUTRAL)
    axis.tick_params(axis='x', length=0)
    axis.set_axisbelow(True)
    axis.grid(axis='x', color='#e6e6e6', linewidth=0.6)


def _title(sample: Fields, simulated: bool) -> str:
    parts = [plain(shorten(str(sample.get('video_name', 'video')), 70))]
    if sample.get('duration') is not None:
        parts.append(f'{float(sample.get("duration")):.0f} s')
    if simulated or sample.get('simulated', False):
        parts.append('simulated')
    return ' · '.join(parts)


def _known_ends(sample: Fields) -> list[float]:
    """Return the end of the video in seconds, from its meta information."""
    if sample.get('duration') is not None:
        return [float(sample.get('duration'))]
    return [float(_edges(sample, sample.get('num_snippets'))[-1])] if sample.get('num_snippets') is not None else [0.0]


def _edges(sample: Fields, num_snippets: int) -> NDArray[np.float64]:
    """Return the borders of the snippets in seconds, (T + 1,)."""
    return sample.get('offset', 0.0) + np.arange(num_snippets + 1) * sample.get('snippet_duration', 1.0)


def _segments(instances: Fields) -> NDArray[np.float64]:
    """Return (N, 2); N may be 0."""
    return _array(instances, 'segments').astype(np.float64).reshape(-1, 2)


def _array(instances: Fields, field: str) -> NDArray[Any]:
    return _numpy(instances.get(field))


def _numpy(values: Any) -> NDArray[Any]:
    """Convert an array, or a tensor of any device and floating type."""
    if hasattr(values, 'detach'):
        values = values.detach().cpu()
        values = (values.float() if values.is_floating_point() else values).numpy()
    return np.asarray(values)
