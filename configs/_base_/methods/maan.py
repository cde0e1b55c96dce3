"""MAAN (Yuan, Lyu, Shen, Tsang, Yeung, ICLR 2019); docs/en/methods/maan.md lists what the paper leaves open."""

_base_ = '../schedules/adam.py'

model = dict(
    type='MAAN',
    in_channels=dict(rgb=1024, flow=1024),
    num_clusters=20,
    hidden_channels=256,
    # Late fusion: None is 1 : 1.
    fusion_weights=None,
    post_processor=dict(
        type='ActionPostProcessor',
        class_threshold=0.1,
        # Weights of snippets are of the order of 1 / T.
        score_map=dict(type='ScoreMap', mode='minmax'),
        proposals=dict(
            type='ThresholdProposals',
            thresholds=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
            relative_to='one',
        ),
        scorer=dict(type='OuterInnerContrast', outer_ratio=0.25, gamma=0.1),
        nms=dict(type='TemporalNMS', iou_threshold=0.5),
    ),
)

optim_wrapper = dict(optimizer=dict(lr=1e-4, weight_decay=1e-3))
