"""Inputs of the losses: pooled videos and their labels, one row a video, or one for each label of a video."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from mmacl.models.distributed import gather_rows
from mmacl.models.host_copy import host_copy, known_to_host, to_device
from mmacl.models.pooling import masked_softmax, pool_labelled_classes, pool_snippets
from mmacl.structures import ActionDataSample
from mmacl.utils import InputError


class PooledVideos(NamedTuple):
    """Pooled features of B videos, float32 or better.

    Attributes:
        video_logits: ``p``, (B, C).
        representations: ``H``, (B, D_2).
        actions: ``J`` of Eq. (3), pooled by the attention of the drawn cluster, (B, D_2).
        backgrounds: ``B`` of Eq. (4), (B, D_2).
        has_background: (B,) bool, False for videos of one snippet.
    """

    video_logits: Tensor
    representations: Tensor
    actions: Tensor
    backgrounds: Tensor
    has_background: Tensor

    def gathered(self) -> PooledVideos:
        """Gather the rows of all processes, with gradients, see :func:`gather_rows`."""
        columns = [*self[:4], self.has_background[:, None].to(self.video_logits.dtype)]
        rows = gather_rows(torch.cat(columns, dim=1))  # one message for all
        logits, representations, actions, backgrounds, flags = rows.split([c.shape[1] for c in columns], dim=1)
        return PooledVideos(logits, representations, actions, backgrounds, flags[:, 0] > 0)


class VideoTargets(NamedTuple):
    """Labels of B videos.

    Attributes:
        labels: (B, C) bool, True where a video belongs to a cluster.
        clusters: (B,) int64, the cluster for which each video was drawn; -1: not known, see :meth:`drawn_clusters`.
        video_ids: (B,) int64, equal for equal names, in every process.
        counts: (B, C) int64, how many instances of each action a video has, see :class:`InstanceCountsHook`; None: not
            known, as always without annotations.
    """

    labels: Tensor
    clusters: Tensor
    video_ids: Tensor
    counts: Tensor | None = None

    @classmethod
    def from_samples(
        cls, samples: Sequence[ActionDataSample] | None, num_clusters: int, device: torch.device
    ) -> VideoTargets:
        """Read ``pseudo_label``, ``drawn_cluster``, ``video_name`` and, if all have them, ``instance_counts``.

        Without ``drawn_cluster``, a video counts as drawn for its only label; of one with several, it is not known.

        Raises:
            InputError: a video has no label or one of another length than C, or its drawn cluster is not in [0, C).
        """
        if not samples:
            raise InputError(
                "mode='loss' needs data_samples with pseudo_label", remedy='add PackActionInputs to the pipeline'
            )
        labels = [_label(sample, num_clusters) for sample in samples]
        clusters = [_drawn_cluster(sample, label) for sample, label in zip(samples, labels, strict=True)]
        ids = [_video_id(sample.video_name) for sample in samples]
        counts = None
        if all('instance_counts' in sample for sample in samples):
            counts = to_device(torch.stack([sample.instance_counts for sample in samples]), device)
        return cls(
            to_device(torch.stack(labels), device),
            known_to_host(np.array(clusters), device),
            to_device(torch.tensor(ids), device),
            counts,
        )

    def drawn_clusters(self) -> Tensor:
        """Return ``clusters`` for a loss that needs all of them.

        Raises:
            InputError: the cluster of a video is not known.
        """
        unknown = np.flatnonzero(host_copy(self.clusters) < 0)
        if len(unknown):
            raise InputError(
                f'a video has {int(self.labels[unknown[0]].sum())} labels and no drawn_cluster, which the loss needs',
                remedy='draw batches with ClusterBatchSampler',
            )
        return self.clusters

    def gathered(self) -> VideoTargets:
        """Gather the rows of all processes, see :func:`gather_rows`."""
        rows = gather_rows(torch.cat([self.labels.long(), self.clusters[:, None], self.video_ids[:, None]], dim=1))
        counts = None if self.counts is None else gather_rows(self.counts)
        return VideoTargets(rows[:, :-2].bool(), rows[:, -2], rows[:, -1], counts)


class LabelRows(NamedTuple):
    """What the attention of each label of a video selects and leaves; R rows, one for each label of each video.

    Attributes:
        actions: ``H``, (R, D).
        backgrounds: ``L``, (R, D); 0 for a video of one snippet.
        clusters: (R,) int64, the label of each row.
        video_ids: (R,) int64, see :class:`VideoTargets`.
    """

    actions: Tensor
    backgrounds: Tensor
    clusters: Tensor
    video_ids: Tensor

    @classmethod
    def pool(cls, features: Tensor, class_map: Tensor, mask: Tensor, targets: VideoTargets) -> LabelRows:
        """Pool ``H = X^T a`` and ``L = X^T (1 - a) / (T - 1)`` (W-TALC, Sec. 3.4); a is the softmax of A over time.

        Args:
            features: ``X``, (B, T, D), finite at padding too.
            class_map: ``A``, (B, T, C).
            mask: (B, T), True for real snippets.
            targets: labels of the B videos.
        """
        videos, clusters = targets.labels.nonzero(as_tuple=True)
        actions = pool_labelled_classes(features, masked_softmax(class_map, mask), targets.labels)
        totals = pool_snippets(features, mask.to(features.dtype))[videos]
        backgrounds = (totals - actions) / (mask.sum(dim=1) - 1).clamp(min=1)[videos, None]
        return cls(actions, backgrounds, clusters, targets.video_ids[videos])

    def gathered(self) -> LabelRows:
        """Gather the rows of all processes, with gradients, see :func:`gather_rows`."""
        actions, backgrounds = gather_rows(torch.cat(self[:2], dim=1)).chunk(2, dim=1)  # one message for both
        clusters, video_ids = gather_rows(torch.stack(self[2:], dim=1)).unbind(dim=1)
        return LabelRows(actions, backgrounds, clusters, video_ids)


def _label(sample: ActionDataSample, num_clusters: int) -> Tensor:
    """Return the multi-hot label of a sample, (C,) bool."""
    if 'pseudo_label' not in sample:
        raise InputError('no pseudo_label', video=sample.video_name, remedy='add a ClusteringHook to the config')
    label = torch.as_tensor(sample.pseudo_label).bool()
    if label.shape != (num_clusters,):
        raise InputError(
            f'pseudo_label of shape {tuple(label.shape)} does not fit num_clusters={num_clusters}',
            video=sample.video_name,
            remedy='use labels made for this number of clusters',
        )
    return label


def _drawn_cluster(sample: ActionDataSample, label: Tensor) -> int:
    """Return the cluster for which a video was drawn; -1: not known."""
    if 'drawn_cluster' not in sample:
        return int(label.int().argmax()) if label.sum() == 1 else -1
    cluster = int(sample.drawn_cluster)
    if not 0 <= cluster < len(label):
        raise InputError(
            f'drawn_cluster {cluster} is not in [0, {len(label)})',
            video=sample.video_name,
            remedy='draw batches with ClusterBatchSampler',
        )
    return cluster


@functools.lru_cache(maxsize=1 << 16)
def _video_id(name: str) -> int:
    """Hash a name to 63 bits; Python's own hash differs between processes."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], 'big') >> 1
