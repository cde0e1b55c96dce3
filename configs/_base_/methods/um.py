"""UM (Lee, Wang, Lu, Byun, AAAI 2021); docs/en/methods/um.md lists what the paper leaves open."""

_base_ = '../schedules/adam.py'

model = dict(
    type='UM',
    in_channels=dict(rgb=1024, flow=1024),
    num_clusters=20,
    embedding_channels=2048,
    dropout=0.7,
    action_ratio=9,
    background_ratio=4,
    candidate_dropout=0.7,
    # For I3D features; the length of an embedding depends on the scale of the features.
    margin=100.0,
    losses=dict(
        classification=dict(type='VideoClassificationLoss', reduction='mean'),
        magnitude=dict(type='FeatureMagnitudeLoss', loss_weight=5e-4),
        entropy=dict(type='BackgroundEntropyLoss', loss_weight=1.0),
    ),
    post_processor=dict(
        type='ActionPostProcessor',
        class_threshold=0.2,
        score_map=dict(type='ScoreMap', mode='minmax', interpolation=24),
        # Two sources: 0, 0.025, ... 0.225 on the class map; 0.4, 0.425, ... 0.6 on the lengths of embeddings.
        proposals=dict(
            type='CombinedProposals',
            parts=[
                dict(
                    type='ThresholdProposals',
                    thresholds=[step / 40 for step in range(10)],
                    relative_to='one',
                    min_length=2,
                ),
                dict(
                    type='ThresholdProposals',
                    source='actionness',
                    thresholds=[step / 40 for step in range(16, 25)],
                    relative_to='range',
                    min_length=2,
                ),
            ],
        ),
        scorer=dict(type='OuterInnerContrast', outer_ratio=0.25, gamma=0.2),
        nms=dict(type='TemporalNMS', iou_threshold=0.6),
    ),
)

optim_wrapper = dict(optimizer=dict(lr=1e-4, weight_decay=5e-4))

sampling = dict(
    batch_size=16,
    batch_sampler=dict(type='UniformBatchSampler'),
    crop=dict(type='SampleSnippets', num_snippets=750),
)
