"""Hooks, logging and seeds of every run."""

default_scope = 'mmacl'

default_hooks = dict(
    runtime_info=dict(type='LossLogHook'),
    timer=dict(type='IterTimerHook'),
    logger=dict(type='RoundLoggerHook', interval=50),
    param_scheduler=dict(type='ParamSchedulerHook'),
    checkpoint=dict(type='AtomicCheckpointHook', interval=1, max_keep_ckpts=2),
    guard=dict(type='CheckpointGuardHook'),
    clustering=dict(
        type='ClusteringHook',
        clusterer=dict(type='SpectralClusterer', sigma='paper', self_affinity=True),
        mapping=dict(ratio=0.5, strict=True, secondary_weight=1.0),
    ),
    restart=dict(type='RoundRestartHook', reinit='all'),
    summary=dict(type='RoundSummaryHook'),
    # Records for the pictures and the report.
    record=dict(type='RoundRecordHook'),
    # On a GPU the training features stay there, and with --amp steps are replayed as graphs.
    feature_table=dict(type='FeatureTableHook', budget_bytes=None, dtype=None),
    cuda_graphs=dict(type='CudaGraphHook', when='amp'),
    progress=dict(type='ProgressHook'),
    finite_loss=dict(type='FiniteLossHook', interval=10),
    # The batch sampler is told the epoch by the loop.
    sampler_seed=None,
)

# All random choices derive from this one seed.
randomness = dict(seed=0)
env_cfg = dict(mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0))
model_wrapper_cfg = dict(type='mmacl.StreamDataParallel')

visualizer = dict(type='ActionVisualizer', vis_backends=[dict(type='LocalVisBackend')])
log_processor = dict(window_size=10, by_epoch=True)
log_level = 'INFO'
launcher = 'none'
load_from = None
resume = False
