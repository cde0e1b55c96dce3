"""When actions happen in a simulated video, and the statistics of real videos that it follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.annotations import VideoRecord
from mmacl.datasets.simulation.draws import truncated_log_normal
from mmacl.datasets.simulation.recipe import SNIPPET_DURATION, Recipe
from mmacl.datasets.simulation.world import World

# Of the 200 annotated validation videos; mean and median of the duration include the test videos.
THUMOS14_STATISTICS: dict[str, float] = {
    'videos with two classes (share)': 0.135,
    'duration, mean (s)': 209.0,
    'duration, median (s)': 151.0,
    'duration, shortest (s)': 9.0,
    'duration, longest (s)': 1409.0,
    'instances a video, mean': 15.0,
    'instances a video, median': 8.0,
    'instances a video, most': 128.0,
    'instance length, mean (s)': 4.0,
    'instance length, median (s)': 2.9,
    'instance length, 10th percentile (s)': 0.9,
    'instance length, 90th percentile (s)': 8.0,
    'coverage, mean (share)': 0.30,
    'coverage, median (share)': 0.23,
}


@dataclass(frozen=True, eq=False)
class Timeline:
    """Ground truth of one video, without the second label of special cases.

    Attributes:
        duration: seconds.
        segments: (N, 2) seconds, in order of time, disjoint, inside the video, not snapped to snippets; none in a video
            without action.
        classes: (N,).
        main_class: the class that the video is about.
    """

    duration: float
    segments: NDArray[np.float64]
    classes: NDArray[np.int64]
    main_class: int

    @property
    def num_snippets(self) -> int:
        """T: whole snippets; the rest at the end is dropped."""
        return max(1, int(self.duration / SNIPPET_DURATION))


def draw_timeline(
    rng: np.random.Generator, main_class: int, world: World, recipe: Recipe, full_length: bool
) -> Timeline:
    """Draw duration, instance lengths and gaps by THUMOS14's statistics."""
    duration = _draw_duration(rng, recipe, full_length)
    wide, other = rng.standard_normal(2)
    typical = world.class_lengths[main_class] * np.exp(recipe.length_video_log_sd * wide)
    # Length of the instances over classes and videos, in standard deviations.
    spread = np.hypot(recipe.length_class_log_sd, recipe.length_video_log_sd)
    deviation = np.log(typical / recipe.length_median) / spread
    rho = recipe.length_coverage_correlation
    log_coverage = recipe.coverage_log_sd * (rho * deviation + np.sqrt(1 - rho**2) * other)
    coverage = min(recipe.coverage_median * np.exp(log_coverage), recipe.coverage_max)
    count = round(coverage * duration / (typical * np.exp(recipe.length_log_sd**2 / 2)))
    with_companion = rng.random() < recipe.companion_rate and world.parents[main_class] < 0
    # At least three, so that the companion has one and the main class keeps most.
    count = min(max(count, 3 if with_companion else 1), recipe.max_instances)

    lengths = np.maximum(typical * np.exp(recipe.length_log_sd * rng.standard_normal(count)), recipe.length_min)
    lengths *= min(1.0, recipe.coverage_max * duration / lengths.sum())
    gaps = np.exp(recipe.gap_log_sd * rng.standard_normal(count + 1))
    gaps *= (duration - lengths.sum()) / gaps.sum()
    starts = np.cumsum(gaps[:-1]) + np.cumsum(lengths) - lengths
    classes = np.full(count, main_class, dtype=np.int64)
    if with_companion:
        low, high = recipe.companion_share_range
        number = min(max(1, round(count * (low + (high - low) * rng.random()))), (count - 1) // 2)
        classes[rng.permutation(count)[:number]] = world.companions[main_class]
    return Timeline(duration, np.stack([starts, starts + lengths], axis=1), classes, main_class)


def _draw_duration(rng: np.random.Generator, recipe: Recipe, full_length: bool) -> float:
    """Seconds; shortened videos are in the recipe's range of snippets."""
    if full_length:
        return truncated_log_normal(rng, recipe.duration_median, recipe.duration_log_sd, recipe.duration_range)
    first, last = recipe.short_snippet_range
    limits = ((first + 1e-6) * SNIPPET_DURATION, (last + 1 - 1e-6) * SNIPPET_DURATION)
    return truncated_log_normal(rng, recipe.short_duration_median, recipe.duration_log_sd, limits)


def timeline_statistics(records: Sequence[VideoRecord]) -> dict[str, float]:
    """The statistics of :data:`THUMOS14_STATISTICS` for other annotations.

    A segment with two labels counts as one instance.

    Args:
        records: annotated videos with durations.
    """
    segments = [np.unique(record.segments, axis=0) for record in records]
    durations = np.asarray([record.duration for record in records], dtype=np.float64)
    lengths = [spans[:, 1] - spans[:, 0] for spans in segments]
    counts = np.asarray([len(spans) for spans in segments])
    coverage = np.asarray([spans.sum() for spans in lengths]) / durations
    all_lengths = np.concatenate(lengths)
    values = (
        np.mean([len(set(record.labels)) > 1 for record in records]),
        durations.mean(),
        np.median(durations),
        durations.min(),
        durations.max(),
        counts.mean(),
        np.median(counts),
        counts.max(),
        all_lengths.mean(),
        np.median(all_lengths),
        *np.percentile(all_lengths, [10, 90]),
        coverage.mean(),
        np.median(coverage),
    )
    return {name: float(value) for name, value in zip(THUMOS14_STATISTICS, values, strict=True)}
