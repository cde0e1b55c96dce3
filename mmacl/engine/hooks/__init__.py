"""Hooks: actions between the steps of a training or test."""

from mmacl.engine.hooks.atomic_checkpoint_hook import AtomicCheckpointHook
from mmacl.engine.hooks.checkpoint_guard_hook import CheckpointGuardHook
from mmacl.engine.hooks.clustering_hook import ClusteringHook
from mmacl.engine.hooks.cuda_graph_hook import CudaGraphHook
from mmacl.engine.hooks.feature_table_hook import FeatureTableHook
from mmacl.engine.hooks.finite_loss_hook import FiniteLossHook
from mmacl.engine.hooks.instance_counts_hook import InstanceCountsHook
from mmacl.engine.hooks.loss_log_hook import LossLogHook
from mmacl.engine.hooks.output_hooks import DumpAttentionHook, DumpDetectionsHook, TimelineHook
from mmacl.engine.hooks.progress_hook import ProgressHook
from mmacl.engine.hooks.round_pictures_hook import RoundPicturesHook
from mmacl.engine.hooks.round_record_hook import RoundRecordHook
from mmacl.engine.hooks.round_restart_hook import RoundRestartHook
from mmacl.engine.hooks.round_summary_hook import RoundLoggerHook, RoundSummaryHook

__all__ = [
    'AtomicCheckpointHook',
    'CheckpointGuardHook',
    'ClusteringHook',
    'CudaGraphHook',
    'DumpAttentionHook',
    'DumpDetectionsHook',
    'FeatureTableHook',
    'FiniteLossHook',
    'InstanceCountsHook',
    'LossLogHook',
    'ProgressHook',
    'RoundLoggerHook',
    'RoundPicturesHook',
    'RoundRecordHook',
    'RoundRestartHook',
    'RoundSummaryHook',
    'TimelineHook',
]
