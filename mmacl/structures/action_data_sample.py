"""What is known and predicted about one video."""

from __future__ import annotations

from mmengine.structures import BaseDataElement


class ActionDataSample(BaseDataElement):
    """Meta information, labels and predictions of one untrimmed video.

    Meta information: ``video_name``; ``duration`` in seconds (or None); ``num_snippets`` T; ``snippet_duration`` and
    ``offset`` in seconds. Of the fields below, those are present that are known.

    Attributes:
        gt_instances: ``InstanceData`` with ``segments`` (N, 2) in seconds and ``labels`` (N,), NumPy arrays, and
            ``clipped`` (N,) where instances were clipped to the video.
        gt_ambiguous: ``InstanceData`` with ``segments`` (M, 2), on which even the annotators did not agree.
        gt_video_label: (num_actions,) multi-hot tensor.
        drawn_cluster: int, the cluster ``z`` for which the sampler drew the video (Sec. 3.5).
        pseudo_label: (C,) multi-hot tensor, attached in the main process.
        pred_instances: ``InstanceData`` with ``segments`` (N, 2) in seconds, ``labels`` (N,) actions, ``scores`` (N,)
            and ``clusters`` (N,), NumPy arrays, best first.
        rgb_pred_instances, flow_pred_instances: the same from one stream alone.
        class_specific_attention: A after late fusion, (T, C).
        class_agnostic_attention: normalised S averaged over streams, (T,).
        video_scores: p_hat, (C,).
        attention_curve: :class:`AttentionCurve`, where a record holds no more of the last three than A of the predicted
            cluster and S.
    """
