"""CMCS (Liu, Jiang, Wang, CVPR 2019), no hard negatives; docs/en/methods/cmcs.md lists what the paper leaves open."""

_base_ = '../schedules/adam.py'

model = dict(
    type='CMCS',
    in_channels=dict(rgb=1024, flow=1024),
    num_clusters=20,
    num_branches=4,
    embed_channels=32,
    branch_channels=16,
    dropout=0.5,
    fusion='early',
    diversity_weight=0.2,
    post_processor=dict(
        type='ActionPostProcessor',
        class_threshold=0.1,
        # A unit is a frame.
        score_map=dict(type='ScoreMap', mode='class_softmax_minmax', interpolation=16),
        proposals=dict(type='ThresholdProposals', thresholds=(1.0,), relative_to='mean', dilation=20),
        scorer=dict(type='OuterInnerContrast', outer_ratio=0.25, gamma=0.25),
        # One threshold gives no overlaps.
        nms=None,
    ),
)

optim_wrapper = dict(optimizer=dict(lr=1e-4, weight_decay=1e-3))

sampling = dict(batch_size=24, batch_sampler=dict(type='UniformBatchSampler'))
