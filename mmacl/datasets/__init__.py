"""Untrimmed videos: where features and annotations come from, and how they become batches."""

from mmacl.datasets.activitynet12_dataset import ActivityNet12Dataset
from mmacl.datasets.annotations import ActivityNetAnnotations, AnnotationSet, RecordRules, VideoRecord
from mmacl.datasets.samplers import ClusterBatchSampler, DrawnVideo
from mmacl.datasets.stores import CachedStore, FeatureStore, MissingFeaturesError, NpyFolderStore
from mmacl.datasets.synthetic_actions import SyntheticActions
from mmacl.datasets.thumos14_dataset import Thumos14Dataset
from mmacl.datasets.timing_rule import TimingRule
from mmacl.datasets.transforms import (
    LoadActionAnnotations,
    LoadSnippetFeatures,
    PackActionInputs,
    RandomCropSnippets,
)
from mmacl.datasets.untrimmed_video_dataset import UntrimmedVideoDataset

__all__ = [
    'ActivityNet12Dataset',
    'ActivityNetAnnotations',
    'AnnotationSet',
    'CachedStore',
    'ClusterBatchSampler',
    'DrawnVideo',
    'FeatureStore',
    'LoadActionAnnotations',
    'LoadSnippetFeatures',
    'MissingFeaturesError',
    'NpyFolderStore',
    'PackActionInputs',
    'RandomCropSnippets',
    'RecordRules',
    'SyntheticActions',
    'Thumos14Dataset',
    'TimingRule',
    'UntrimmedVideoDataset',
    'VideoRecord',
]
