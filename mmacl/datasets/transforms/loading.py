"""Read the features and the ground truth of a video."""

from __future__ import annotations

from typing import Any

import numpy as np
from mmcv.transforms import BaseTransform
from mmengine.structures import InstanceData

from mmacl.registry import TRANSFORMS


@TRANSFORMS.register_module()
class LoadSnippetFeatures(BaseTransform):
    """Add ``features``: {modality: (T, D)} of the whole video, streams of one length, finite (Sec. 3.1)."""

    takes_rows = True

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Call ``load_features()``.

        Raises:
            InputError: features are missing or damaged.
        """
        results['features'] = results['load_features']()
        return results


@TRANSFORMS.register_module()
class LoadActionAnnotations(BaseTransform):
    """Add the ground truth of a video; without annotations, add nothing.

    No other transform reads labels, so a pipeline without this one trains without them. Segments are seconds of the
    whole video, also after a crop. Instances are clipped to the duration that the annotations state; one that lies
    outside the video has length 0 then, and the metrics drop it. Added are

    - ``gt_instances``: ``InstanceData`` with ``segments`` (N, 2), ``labels`` (N,) int64 and ``clipped`` (N,) bool, True
      where clipping changed an instance;
    - ``gt_ambiguous``: ``InstanceData`` with ``segments`` (M, 2);
    - ``gt_video_label``: (num_actions,) float32, 1 for each action in the video.
    """

    takes_rows = True

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Call ``load_record()``."""
        record = results['load_record']()
        if record is not None:
            classes = {name: label for label, name in enumerate(results['classes'])}
            labels = np.array([classes[name] for name in record.labels], dtype=np.int64)
            segments, clipped = record.inside()
            results['gt_instances'] = InstanceData(segments=segments, labels=labels, clipped=clipped)
            results['gt_ambiguous'] = InstanceData(segments=record.ambiguous.copy())
            results['gt_video_label'] = np.isin(np.arange(len(classes)), labels).astype(np.float32)
        return results
