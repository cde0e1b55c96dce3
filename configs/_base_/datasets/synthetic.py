"""SyntheticActions: videos simulated in memory from a seed. Results on them say nothing about real video.

The seed of the data set chooses its actions and its videos; training has a seed of its own, ``randomness.seed``.
"""

train_pipeline = [
    dict(type='LoadSnippetFeatures'),
    dict(type='RandomCropSnippets', max_snippets=160),
    dict(type='PackActionInputs'),
]
test_pipeline = [
    dict(type='LoadSnippetFeatures'),
    dict(type='LoadActionAnnotations'),
    dict(type='PackActionInputs'),
]

train_dataloader = dict(
    batch_size=24,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    batch_sampler=dict(type='ClusterBatchSampler', clusters_per_batch=12, videos_per_cluster=2, num_batches=50),
    dataset=dict(type='SyntheticActions', subset='train', seed=0, pipeline=train_pipeline),
)
test_dataloader = dict(
    batch_size=1,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(type='SyntheticActions', subset='test', seed=0, test_mode=True, pipeline=test_pipeline),
)
val_dataloader = test_dataloader

test_evaluator = dict(
    type='TemporalMAP',
    tiou_thresholds=(0.3, 0.4, 0.5, 0.6, 0.7),
    averages=((0.3, 0.7),),
    protocol='activitynet',
)
val_evaluator = test_evaluator
