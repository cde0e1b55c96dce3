"""The result of the check of one subset."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mmacl.dataset_tools.fault import Fault
from mmacl.dataset_tools.inspection.record_faults import ClassBalance
from mmacl.dataset_tools.inspection.stream_faults import VideoFacts
from mmacl.dataset_tools.inspection.timing_faults import Drift
from mmacl.datasets.annotations import VideoRecord


@dataclass
class SubsetReport:
    """The content of a subset, and its faults.

    Attributes:
        name: of the subset.
        dataset: name of the data set.
        simulated: whether its videos are.
        modalities: its streams.
        annotated: whether there are annotations that could be read.
        records: one a video.
        videos: what the features of each are like, in the same order.
        known: names that the annotations hold in any subset, or that are left out on purpose.
        unannotated: where the features of all other videos are, by name.
        snippet_duration: seconds, if it is one for all videos.
        timing_stated: False: ``snippet_duration`` is the median of duration / snippets.
        drifts: of the videos with features and a duration.
        balance: one entry a class.
        faults: what is wrong.
    """

    name: str
    dataset: str = ''
    simulated: bool = False
    modalities: tuple[str, ...] = ()
    annotated: bool = False
    records: list[VideoRecord] = field(default_factory=list)
    videos: list[VideoFacts] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    unannotated: dict[str, str] = field(default_factory=dict)
    snippet_duration: float | None = None
    timing_stated: bool = True
    drifts: list[Drift] = field(default_factory=list)
    balance: list[ClassBalance] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON, without the faults."""
        lengths = [facts.num_snippets for facts in self.videos if facts.num_snippets is not None]
        drifts = {drift.video: drift for drift in self.drifts}
        return {
            'dataset': self.dataset,
            'simulated': self.simulated,
            'annotated': self.annotated,
            'modalities': list(self.modalities),
            'num_videos': len(self.videos),
            'num_instances': sum(len(record.labels) for record in self.records),
            'num_ambiguous': sum(len(record.ambiguous) for record in self.records),
            'num_snippets': int(np.sum(lengths, dtype=np.int64)),
            'snippet_duration': self.snippet_duration,
            'timing_stated': self.timing_stated,
            'classes': {
                row.name: {'videos': row.videos, 'instances': row.instances, 'seconds': round(row.seconds, 3)}
                for row in self.balance
            },
            'videos': {
                facts.video: {
                    'duration': number(record.duration),
                    'instances': len(record.labels),
                    'streams': {
                        modality: {
                            'file': stream.file,
                            'snippets': stream.length,
                            'width': stream.width,
                            'dtype': stream.dtype or None,
                        }
                        for modality, stream in facts.streams.items()
                    },
                    'drift_seconds': number(drifts[facts.video].seconds) if facts.video in drifts else None,
                    'drift_share': number(drifts[facts.video].share) if facts.video in drifts else None,
                }
                for record, facts in zip(self.records, self.videos, strict=True)
            },
        }


def number(value: float | None) -> float | None:
    """A number that JSON can hold; None for NaN and infinity."""
    return round(float(value), 6) if value is not None and np.isfinite(value) else None
