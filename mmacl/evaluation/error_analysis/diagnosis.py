"""The whole analysis of one set of detections, as tables and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.error_analysis.characteristics import Characteristic, characteristics
from mmacl.evaluation.error_analysis.false_positives import FalsePositiveProfile, false_positive_profile
from mmacl.evaluation.error_analysis.matched_instances import ERROR_TYPES
from mmacl.evaluation.error_analysis.sensitivity import SensitivityProfile, sensitivity_profile
from mmacl.evaluation.functional import SegmentTable
from mmacl.evaluation.functional.average_precision import benchmark_like, checked_thresholds

# As the paper: one threshold for THUMOS14, ten for ActivityNet.
THRESHOLDS = {'thumos14': (0.5,), 'activitynet': tuple(round(0.5 + 0.05 * step, 2) for step in range(10))}


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """Types of false positives, their cost, and missed instances.

    Attributes:
        thresholds: (K,); figures are means over them.
        errors: the profile of false positives.
        sensitivity: figures by characteristic of the instances.
        kinds: the characteristics and their bins.
    """

    thresholds: NDArray[np.float64]
    errors: FalsePositiveProfile
    sensitivity: SensitivityProfile
    kinds: tuple[Characteristic, ...]

    @property
    def at(self) -> str:
        """The thresholds in words."""
        low, high = self.thresholds.min(), self.thresholds.max()
        if len(self.thresholds) < 4:
            return f'tIoU {", ".join(f"{threshold:g}" for threshold in self.thresholds)}'
        return f'mean over tIoU {low:g} to {high:g}'

    def slices_table(self) -> list[list[str]]:
        """Tabulate types of detections (%) by slice of the ranking, with a heading."""
        numbers = self.errors.counts[0].sum(axis=-1)
        rows = [
            [f'{rank}G', f'{number:,}', *(per_cent(share) if number else '-' for share in row)]
            for rank, (number, row) in enumerate(zip(numbers, self.errors.shares, strict=True), 1)
        ]
        return [['Slice', 'Number', *ERROR_TYPES], *rows]

    def gains_table(self) -> list[list[str]]:
        """Tabulate the points of normalised mAP gained without each error, with a heading."""
        gains = self.errors.gains.mean(axis=0)
        rows = [[name, f'{100 * gain:+.1f}'] for name, gain in zip(ERROR_TYPES[1:], gains, strict=True)]
        return [['Error', 'Gain'], *rows]

    def characteristics_table(self) -> list[list[str]]:
        """Tabulate how well instances of each bin are found, with a heading."""
        found = self.sensitivity
        rows = [
            [f'{kind.name} {name}', f'{number:,}', per_cent(value), per_cent(missed)]
            for kind in self.kinds
            for name, number, value, missed in zip(
                kind.bins,
                found.num_instances[kind.name],
                found.maps_by_bin[kind.name].mean(axis=0),
                found.missed_by_bin[kind.name].mean(axis=0),
                strict=True,
            )
        ]
        return [['Instances', 'Number', 'normalised mAP (%)', 'missed (%)'], *rows]

    def gains_caption(self) -> str:
        """Return the caption of the table of gains."""
        value = per_cent(float(self.errors.normalized_map.mean()))
        return f'Normalised mAP of these detections: {value} %; points gained without an error:'

    def characteristics_caption(self) -> str:
        """Return the caption of the table of characteristics."""
        value, missed = (per_cent(float(v.mean())) for v in (self.sensitivity.normalized_map, self.sensitivity.missed))
        return f'All detections: normalised mAP {value} %, {missed} % of the instances missed'

    def as_json(self) -> dict[str, Any]:
        """Return all figures: counts by threshold, the others as means over thresholds."""
        errors, found = self.errors, self.sensitivity
        return {
            'error_types': list(ERROR_TYPES),
            'false_positives': {
                'counts': errors.counts.tolist(),
                'shares': errors.shares.tolist(),
                'normalized_mAP': float(errors.normalized_map.mean()),
                'gains': dict(zip(ERROR_TYPES[1:], errors.gains.mean(axis=0).tolist(), strict=True)),
            },
            'normalized_mAP': float(found.normalized_map.mean()),
            'missed': float(found.missed.mean()),
            'characteristics': {
                kind.name: {
                    'bins': list(kind.bins),
                    'instances': found.num_instances[kind.name].tolist(),
                    'normalized_mAP': _plain(found.maps_by_bin[kind.name].mean(axis=0)),
                    'missed': _plain(found.missed_by_bin[kind.name].mean(axis=0)),
                }
                for kind in self.kinds
            },
        }


def diagnose(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    durations: NDArray[np.float64],
    num_classes: int,
    tiou_thresholds: Sequence[float] | None = None,
    bins: str | None = None,
    min_tiou: float = 0.1,
) -> Diagnosis:
    """Analyse the detections of a whole subset.

    Args:
        ground_truths: instances, at least one.
        detections: scored detections.
        durations: seconds by number of the video, NaN where unknown.
        num_classes: number of classes; it chooses the bins if ``bins`` is None.
        tiou_thresholds: figures are means over them; None: those that the paper uses with the bins.
        bins: a name in ``EDGES``; None: ``activitynet`` from 100 classes on, else ``thumos14``.
        min_tiou: below it a detection is background.

    Raises:
        InputError: a threshold outside (0, 1], or unknown bins.
    """
    bins = bins or benchmark_like(num_classes)
    thresholds = checked_thresholds(tiou_thresholds or THRESHOLDS.get(bins, (0.5,)))
    kinds = characteristics(ground_truths, durations, bins)
    return Diagnosis(
        thresholds,
        false_positive_profile(ground_truths, detections, thresholds, min_tiou=min_tiou),
        sensitivity_profile(ground_truths, detections, thresholds, kinds),
        kinds,
    )


def per_cent(value: float) -> str:
    """Format a fraction in per cent, or NaN as a dash."""
    return '-' if np.isnan(value) else f'{100 * value:.1f}'


def _plain(values: NDArray[np.float64]) -> list[float | None]:
    """Replace NaN by None, for JSON."""
    return [None if np.isnan(value) else float(value) for value in values]
