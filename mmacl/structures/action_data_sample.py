"""Ground truth and predictions of one video."""

from __future__ import annotations

from mmengine.structures import BaseDataElement


class ActionDataSample(BaseDataElement):
    """Meta information, labels and predictions of one untrimmed video.

    Meta information: ``video_name``; ``duration`` in seconds (or None); ``num_snippets`` T; ``snippet_duration`` and
    ``offset`` in seconds. A field below is present only if its value is known.

    Attributes:
        gt_instances: ``InstanceData`` with ``segments`` (N, 2) in seconds, ``labels`` (N,) and, once clipped to the
            video, ``clipped`` (N,) bool; NumPy arrays.
        gt_ambiguous: ``InstanceData`` with ``segments`` (M, 2) in seconds that the annotators marked *Ambiguous*.
        gt_video_label: (num_actions,) multi-hot tensor.
        drawn_cluster: int, the cluster ``z`` for which the sampler drew the video (Sec. 3.5).
        pseudo_label: (C,) multi-hot tensor, attached in the main process, so that no worker holds an old one.
        instance_counts: (C,) int64 tensor, how many instances of each action the video has; only where a config trains
            with counts, see :class:`InstanceCountsHook`.
        pred_instances: ``InstanceData`` with ``segments`` (N, 2) in seconds, ``labels`` (N,) actions, ``scores`` (N,)
            and ``clusters`` (N,), NumPy arrays, best first.
        rgb_pred_instances, flow_pred_instances: the same from one stream alone.
        class_specific_attention: A after late fusion, (T, C).
        class_agnostic_attention: S as the method scales it, fused over streams, (T,); missing if the method has none.
        video_scores: p_hat, (C,).
        attention_curve: :class:`AttentionCurve`, in a record that keeps only A of the predicted cluster and S.
    """
