"""What the losses get of a batch: pooled videos and their labels, one row a video."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from mmacl.models.distributed import gather_rows
from mmacl.structures import ActionDataSample
from mmacl.utils import InputError


class PooledVideos(NamedTuple):
    """One row a video, at least float32.

    Attributes:
        video_logits: ``p``, (B, C).
        representations: ``H``, (B, D_2).
        actions: ``J`` under the attention of the drawn cluster, Eq. (3), (B, D_2).
        backgrounds: ``B`` of Eq. (4), (B, D_2).
        has_background: (B,) bool, False for videos of one snippet.
    """

    video_logits: Tensor
    representations: Tensor
    actions: Tensor
    backgrounds: Tensor
    has_background: Tensor

    def gathered(self) -> PooledVideos:
        """The rows of all processes, with gradients; itself where there is one process."""
        columns = [*self[:4], self.has_background[:, None].to(self.video_logits.dtype)]
        rows = gather_rows(torch.cat(columns, dim=1))  # one message for all
        logits, representations, actions, backgrounds, flags = rows.split([c.shape[1] for c in columns], dim=1)
        return PooledVideos(logits, representations, actions, backgrounds, flags[:, 0] > 0)


class VideoTargets(NamedTuple):
    """Labels of a batch of videos.

    Attributes:
        labels: (B, C) bool, True where a video belongs to a cluster.
        clusters: (B,) int64, the cluster for which each video was drawn.
        video_ids: (B,) int64, the same for the same name in every process.
    """

    labels: Tensor
    clusters: Tensor
    video_ids: Tensor

    @classmethod
    def from_samples(
        cls, samples: Sequence[ActionDataSample] | None, num_clusters: int, device: torch.device
    ) -> VideoTargets:
        """Read ``pseudo_label``, ``drawn_cluster`` and ``video_name`` of each sample.

        Where the sampler named no cluster, a video's only label is the one it was drawn for.

        Raises:
            InputError: a video has no label or not C entries of it, or its drawn cluster is missing or not one of C.
        """
        if not samples:
            raise InputError(
                "mode='loss' needs data_samples with pseudo_label", remedy='add PackActionInputs to the pipeline'
            )
        labels = [_label(sample, num_clusters) for sample in samples]
        clusters = [_drawn_cluster(sample, label) for sample, label in zip(samples, labels, strict=True)]
        ids = [_video_id(sample.video_name) for sample in samples]
        return cls(
            torch.stack(labels).to(device), torch.tensor(clusters, device=device), torch.tensor(ids, device=device)
        )

    def gathered(self) -> VideoTargets:
        """The rows of all processes; itself where there is one process."""
        rows = gather_rows(torch.cat([self.labels.long(), self.clusters[:, None], self.video_ids[:, None]], dim=1))
        return VideoTargets(rows[:, :-2].bool(), rows[:, -2], rows[:, -1])


def _label(sample: ActionDataSample, num_clusters: int) -> Tensor:
    """The multi-hot label of a sample, (C,) bool."""
    if 'pseudo_label' not in sample:
        raise InputError(
            f'video {sample.video_name!r} has no pseudo_label', remedy='add a ClusteringHook to the config'
        )
    label = torch.as_tensor(sample.pseudo_label).bool()
    if label.shape != (num_clusters,):
        raise InputError(
            f'video {sample.video_name!r}: pseudo_label of shape {tuple(label.shape)} does not fit '
            f'num_clusters={num_clusters}',
            remedy='the labels belong to another number of clusters',
        )
    return label


def _drawn_cluster(sample: ActionDataSample, label: Tensor) -> int:
    """The cluster for which a video was drawn."""
    if 'drawn_cluster' not in sample:
        if label.sum() != 1:
            raise InputError(
                f'video {sample.video_name!r} has {int(label.sum())} labels and no drawn_cluster',
                remedy='draw batches with ClusterBatchSampler',
            )
        return int(label.int().argmax())
    cluster = int(sample.drawn_cluster)
    if not 0 <= cluster < len(label):
        raise InputError(f'video {sample.video_name!r}: drawn_cluster {cluster} is not in [0, {len(label)})')
    return cluster


@functools.lru_cache(maxsize=1 << 16)
def _video_id(name: str) -> int:
    """63 bits of a hash; Python's own differs from process to process."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], 'big') >> 1
