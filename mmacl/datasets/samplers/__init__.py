"""Samplers: which videos make a batch."""

from mmacl.datasets.samplers.cluster_batch_sampler import ClusterBatchSampler
from mmacl.datasets.samplers.drawn_video import DrawnVideo

__all__ = ['ClusterBatchSampler', 'DrawnVideo']
