"""Samplers: which videos make a batch."""

from mmacl.datasets.samplers.cluster_batch_sampler import ClusterBatchSampler, DrawnVideo

__all__ = ['ClusterBatchSampler', 'DrawnVideo']
