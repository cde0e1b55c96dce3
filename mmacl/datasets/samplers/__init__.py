"""Samplers: which videos make a batch."""

from mmacl.datasets.samplers.base_batch_sampler import BaseBatchSampler, DrawnVideo
from mmacl.datasets.samplers.cluster_batch_sampler import ClusterBatchSampler
from mmacl.datasets.samplers.length_batch_sampler import LengthBatchSampler
from mmacl.datasets.samplers.uniform_batch_sampler import UniformBatchSampler

__all__ = ['BaseBatchSampler', 'ClusterBatchSampler', 'DrawnVideo', 'LengthBatchSampler', 'UniformBatchSampler']
