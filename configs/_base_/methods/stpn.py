"""STPN (Nguyen, Liu, Prasad, Han, CVPR 2018); docs/en/methods/stpn.md lists the values that the paper leaves open."""

_base_ = '../schedules/adam.py'

model = dict(
    type='STPN',
    in_channels=dict(rgb=1024, flow=1024),
    num_clusters=20,
    hidden_channels=256,
    pooling='mean',
    bias=True,
    # beta.
    sparsity_weight=1e-4,
    # alpha = 0.5.
    fusion_weights=None,
    post_processor=dict(
        type='ActionPostProcessor',
        class_threshold=0.1,
        score_map=dict(type='ScoreMap', mode='none', interpolation=24),
        proposals=dict(type='ThresholdProposals', thresholds=(0.05,), relative_to='one'),
        scorer=dict(type='MeanInside', gamma=0.0),
        nms=dict(type='TemporalNMS', iou_threshold=0.5),
    ),
)

optim_wrapper = dict(optimizer=dict(lr=1e-4, weight_decay=0.0))

sampling = dict(
    batch_sampler=dict(type='UniformBatchSampler'),
    crop=dict(type='SampleSnippets', num_snippets=400),
)
