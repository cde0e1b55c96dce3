"""ActivityNet-1.2: the training subset to train, the validation subset to test (Sec. 4.1).

I3D features of 16 frames at 25 fps.

    data/activitynet12/annotations.json                      ActivityNet's own JSON
    data/activitynet12/features/{rgb,flow}/<video>.npy       (T, 1024) each
"""

data_root = '{{$MMACL_ANET12_ROOT:data/activitynet12}}'
modalities = ('rgb', 'flow')

dataset = dict(
    type='ActivityNet12Dataset',
    data_root=data_root,
    past_end='clip',
    # Nine instances have no length; five training videos have no other label.
    empty_segments='keep',
    modalities=modalities,
    store=dict(type='NpyFolderStore'),
    timing=dict(fps=25.0, snippet_stride=16),
    feature_dims=dict(rgb=1024, flow=1024),
)

train_dataloader = dict(
    batch_size=24,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    batch_sampler=dict(type='ClusterBatchSampler', clusters_per_batch=12, videos_per_cluster=2, num_batches=500),
    dataset=dict(
        **dataset,
        subset='training',
        # No ground truth is packed: the unsupervised losses cannot see any.
        pipeline=[
            dict(type='LoadSnippetFeatures'),
            dict(type='RandomCropSnippets', max_snippets=750),
            dict(type='PackActionInputs'),
        ],
    ),
)
test_dataloader = dict(
    batch_size=1,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        **dataset,
        subset='validation',
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
    tiou_thresholds=(0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95),
    averages=((0.5, 0.95),),
    protocol='activitynet',
)
val_evaluator = test_evaluator
