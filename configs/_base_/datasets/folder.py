"""A folder of features on disk: two streams; the config that inherits this states the timing."""

train_dataloader = dict(
    batch_size=24,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    batch_sampler=dict(type='ClusterBatchSampler', clusters_per_batch=12, videos_per_cluster=2, num_batches=100),
    dataset=dict(
        type='UntrimmedVideoDataset',
        pipeline=[
            dict(type='LoadSnippetFeatures'),
            dict(type='RandomCropSnippets', max_snippets=750),
            dict(type='PackActionInputs'),
        ],
    ),
)
test_dataloader = dict(
    # Most videos and most snippets of a batch, with padding.
    batch_size=16,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    batch_sampler=dict(type='LengthBatchSampler', max_snippets=4096),
    dataset=dict(
        type='UntrimmedVideoDataset',
        test_mode=True,
        pipeline=[
            dict(type='LoadSnippetFeatures'),
            dict(type='LoadActionAnnotations'),
            dict(type='PackActionInputs'),
        ],
    ),
)
val_dataloader = test_dataloader

test_evaluator = dict(
    type='TemporalMAP',
    tiou_thresholds=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7),
    averages=((0.3, 0.7), (0.1, 0.7)),
    protocol='activitynet',
)
val_evaluator = test_evaluator
