"""CoLA (Zhang, Cao, Yang, Chen, Zou, CVPR 2021); docs/en/methods/cola.md lists what the paper leaves open."""

_base_ = '../schedules/adam.py'

model = dict(
    type='CoLA',
    in_channels=dict(rgb=1024, flow=1024),
    num_clusters=20,
    embedding_channels=2048,
    dropout=0.7,
    easy_ratio=5,
    hard_ratio=20,
    candidate_dropout=0.6,
    narrow_width=3,
    wide_width=6,
    actionness='sigmoid',
    losses=dict(
        classification=dict(type='VideoClassificationLoss', reduction='mean'),
        contrast=dict(type='SnippetContrastLoss', temperature=0.07, loss_weight=0.01),
    ),
    post_processor=dict(
        type='ActionPostProcessor',
        class_threshold=0.2,
        score_map=dict(type='ScoreMap', mode='minmax', interpolation=24),
        # Two sources: 0, 0.025, ... 0.225 on the class map; 0.1, 0.125, ... 0.9 on the actionness.
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
                    thresholds=[step / 40 for step in range(4, 37)],
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
