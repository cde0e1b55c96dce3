"""Read the ground truth of a video."""

from __future__ import annotations

from typing import Any

import numpy as np
from mmengine.structures import InstanceData

from mmacl.registry import TRANSFORMS


@TRANSFORMS.register_module()
class LoadActionAnnotations:
    """Add ``gt_instances``, ``gt_ambiguous`` and ``gt_video_label``, where the subset is annotated.

    Instances are clipped to the duration that the annotations state. ``gt_instances.clipped`` marks those that this
    changed; one that lies outside the video has length 0 then, and the metrics drop it.

    The one place in a pipeline that touches labels: what trains without it has never seen any. Segments are seconds of
    the whole video, also where the features are cropped.
    """

    def __call__(self, results: dict[str, Any]) -> dict[str, Any]:
        """Ask the dataset for the record of the video."""
        record = results['load_record']()
        if record is not None:
            classes = {name: label for label, name in enumerate(results['classes'])}
            labels = np.array([classes[name] for name in record.labels], dtype=np.int64)
            segments, clipped = record.inside()
            results['gt_instances'] = InstanceData(segments=segments, labels=labels, clipped=clipped)
            results['gt_ambiguous'] = InstanceData(segments=record.ambiguous.copy())
            results['gt_video_label'] = np.isin(np.arange(len(classes)), labels).astype(np.float32)
        return results
