"""CO2-Net (Hong, Feng, Xu, Shan, Zheng, ACM MM 2021); docs/en/methods/co2net.md lists what the paper leaves open."""

_base_ = '../schedules/adam.py'

model = dict(
    type='CO2Net',
    in_channels=dict(rgb=1024, flow=1024),
    num_clusters=20,
    hidden_channels=2048,
    attention_channels=512,
    top_ratio=7,
    score_ratio=10,
    smoothing=1,
    dropout=0.7,
    attention_dropout=0.5,
    # These pull the attention down and towards the opposite of the background; lower them on weak features.
    norm_weight=0.8,
    opposite_weight=0.8,
    mutual_weight=1.0,
    similarity_weight=1.0,
    init_cfg=dict(type='Kaiming', layer=['Conv1d', 'Linear'], mode='fan_in', distribution='uniform'),
    post_processor=dict(
        type='ActionPostProcessor',
        class_threshold=0.2,
        score_map=dict(type='ScoreMap', mode='raw'),
        # Ten thresholds from 0.1 to 0.9.
        proposals=dict(
            type='ThresholdProposals',
            source='actionness',
            thresholds=[0.1 + step * 0.8 / 9 for step in range(10)],
            relative_to='one',
        ),
        scorer=dict(type='OuterInnerContrast', outer_ratio=0.25, gamma=0.2),
        nms=dict(type='SoftNMS', method='gaussian', sigma=0.3, score_threshold=None),
    ),
)

optim_wrapper = dict(optimizer=dict(lr=5e-5, weight_decay=1e-3))

# Three pairs that share a cluster, and four other videos.
sampling = dict(
    batch_size=10,
    batch_sampler=dict(type='UniformBatchSampler', similar_pairs=3),
    crop=dict(type='SampleSnippets', num_snippets=500),
)
