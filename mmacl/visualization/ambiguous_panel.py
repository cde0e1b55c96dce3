"""Where even the annotators did not agree."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from mmacl.visualization.figures import INK
from mmacl.visualization.panels import MARGIN, ROW_HEIGHT, describe


class AmbiguousPanel:
    """Ambiguous segments, apart from the instances, in no colour of a class.

    Args:
        segments: (M, 2) seconds.
    """

    height = 0.75 * ROW_HEIGHT + MARGIN

    def __init__(self, segments: NDArray[np.float64]) -> None:
        self.segments = segments

    def draw(self, axis: Axes) -> None:
        """Draw all segments."""
        spans = [(start, end - start) for start, end in self.segments.tolist()]
        axis.broken_barh(spans, (0.18, 0.64), facecolor='white', edgecolor=INK, hatch='////', linewidth=0.6, alpha=0.6)
        axis.set_ylim(1.0, 0.0)
        axis.set_yticks([0.5], ['ambiguous'], fontsize=8, fontstyle='italic', color=INK)
        axis.tick_params(axis='y', length=0)
        count = len(self.segments)
        describe(axis, f'ambiguous\n{count} segment{"s" * (count != 1)}')
