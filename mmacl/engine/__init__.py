"""What runs: the loop over rounds, its hooks, checkpoints, optimiser wrappers, processes."""

from mmacl.engine.autocast_optim_wrapper import AutocastOptimWrapper
from mmacl.engine.checkpoint import AtomicLocalBackend, find_latest_checkpoint, load_checkpoint_safely
from mmacl.engine.console_runner import ConsoleRunner
from mmacl.engine.distributed import StreamDataParallel, start_processes
from mmacl.engine.hooks import (
    AtomicCheckpointHook,
    CheckpointGuardHook,
    ClusteringHook,
    DumpAttentionHook,
    DumpDetectionsHook,
    FiniteLossHook,
    ProgressHook,
    RoundLoggerHook,
    RoundPicturesHook,
    RoundRecordHook,
    RoundRestartHook,
    RoundSummaryHook,
    TimelineHook,
)
from mmacl.engine.loops import RoundBasedTrainLoop
from mmacl.engine.represent import represent_videos

__all__ = [
    'AtomicCheckpointHook',
    'AtomicLocalBackend',
    'AutocastOptimWrapper',
    'CheckpointGuardHook',
    'ClusteringHook',
    'ConsoleRunner',
    'DumpAttentionHook',
    'DumpDetectionsHook',
    'FiniteLossHook',
    'ProgressHook',
    'RoundBasedTrainLoop',
    'RoundLoggerHook',
    'RoundPicturesHook',
    'RoundRecordHook',
    'RoundRestartHook',
    'RoundSummaryHook',
    'StreamDataParallel',
    'TimelineHook',
    'find_latest_checkpoint',
    'load_checkpoint_safely',
    'represent_videos',
    'start_processes',
]
