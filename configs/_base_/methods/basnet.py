"""BaS-Net (Lee, Uh, Byun, AAAI 2020); docs/en/methods/basnet.md lists what the paper leaves open."""

_base_ = '../schedules/adam.py'

model = dict(
    type='BaSNet',
    in_channels=dict(rgb=1024, flow=1024),
    num_clusters=20,
    # The width of both streams together.
    hidden_channels=None,
    num_layers=2,
    kernel_size=3,
    filter_channels=512,
    dropout=0.7,
    top_k_ratio=8,
    losses=dict(
        base=dict(type='BinaryVideoClassificationLoss'),
        suppression=dict(type='BinaryVideoClassificationLoss'),
    ),
    norm_weight=1e-4,
    post_processor=dict(
        type='ActionPostProcessor',
        class_threshold=0.25,
        score_map=dict(type='ScoreMap', mode='positive_minmax', interpolation=24),
        proposals=dict(
            type='ThresholdProposals',
            thresholds=(0.0, 0.025, 0.05, 0.075, 0.1, 0.125, 0.15, 0.175, 0.2, 0.225),
            relative_to='one',
        ),
        scorer=dict(type='OuterInnerContrast', outer_ratio=0.25, gamma=0.2),
        nms=dict(type='TemporalNMS', iou_threshold=0.7),
    ),
)

optim_wrapper = dict(optimizer=dict(lr=1e-4, weight_decay=5e-4))

sampling = dict(
    batch_size=16,
    batch_sampler=dict(type='UniformBatchSampler'),
    crop=dict(type='SampleSnippets', num_snippets=750),
)
