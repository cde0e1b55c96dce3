"""Pack a video for the model."""

from __future__ import annotations

from typing import Any

import torch
from mmcv.transforms import BaseTransform

from mmacl.registry import TRANSFORMS
from mmacl.structures import ActionDataSample
from mmacl.structures.feature_table import SnippetRows


@TRANSFORMS.register_module()
class PackActionInputs(BaseTransform):
    """Turn features into tensors, and facts about the video into an :class:`ActionDataSample`.

    The tensors keep the dtype of the features, since a cast is cheapest once the batch is built. They are copies:
    features may belong to a cache, and a worker that sends a view would send the whole video. Rows of a table stay as
    they are.
    """

    takes_rows = True

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Return ``inputs``, {modality: (T, D)}, and ``data_samples``, one :class:`ActionDataSample`; nothing else."""
        timing = results['timing']
        sample = ActionDataSample(
            metainfo=dict(
                video_name=results['video_name'],
                duration=timing.duration,
                num_snippets=results['num_snippets'],
                snippet_duration=timing.snippet_duration,
                offset=timing.offset,
            )
        )
        if results['drawn_cluster'] is not None:
            sample.drawn_cluster = results['drawn_cluster']
        if 'gt_instances' in results:
            sample.gt_instances = results['gt_instances']
            sample.gt_video_label = torch.from_numpy(results['gt_video_label'])
        if 'gt_ambiguous' in results:
            sample.gt_ambiguous = results['gt_ambiguous']
        inputs = {
            modality: features if isinstance(features, SnippetRows) else torch.tensor(features)
            for modality, features in results['features'].items()
        }
        return dict(inputs=inputs, data_samples=sample)
