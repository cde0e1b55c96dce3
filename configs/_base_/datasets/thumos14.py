"""THUMOS14: 200 validation videos to train, 212 test videos (Sec. 4.1), I3D features of 16 frames at 25 fps.

data/thumos14/gt.json                                    annotations, as BaS-Net's (subsets train and test)
data/thumos14/features/{train,test}/{rgb,flow}/<video>.npy   (T, 1024) each; features/{rgb,flow}/<video>.npy will do
"""

data_root = '{{$MMACL_THUMOS14_ROOT:data/thumos14}}'
modalities = ('rgb', 'flow')

dataset = dict(
    type='Thumos14Dataset',
    data_root=data_root,
    ann_file='gt.json',
    # video_test_0000270 has segments past its end.
    past_end='clip',
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
        subset='train',
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
        subset='test',
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
