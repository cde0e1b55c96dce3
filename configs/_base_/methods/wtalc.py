"""W-TALC (Paul, Roy, Roy-Chowdhury, ECCV 2018); docs/en/methods/wtalc.md lists what the paper leaves open."""

_base_ = '../schedules/adam.py'

model = dict(
    type='WTALC',
    in_channels=dict(rgb=1024, flow=1024),
    num_clusters=20,
    # The width of both streams together.
    hidden_channels=None,
    dropout=0.7,
    top_k_ratio=8,
    # A score above 0 is a sigmoid above 0.5.
    video_scores='sigmoid',
    losses=dict(
        # lambda = 0.5.
        classification=dict(type='VideoClassificationLoss', loss_weight=0.5, reduction='mean'),
        co_activity=dict(type='CoActivitySimilarityLoss', margin=0.5, loss_weight=0.5, reduction='pairs'),
    ),
    init_cfg=dict(type='Xavier', layer='Linear', distribution='uniform'),
    post_processor=dict(
        type='ActionPostProcessor',
        class_threshold=0.5,
        score_map=dict(type='ScoreMap', mode='raw'),
        proposals=dict(type='ThresholdProposals', thresholds=(0.5,), relative_to='range', min_length=2),
        scorer=dict(type='MaxInside', gamma=0.7),
        # One threshold gives no overlaps.
        nms=None,
    ),
)

optim_wrapper = dict(optimizer=dict(lr=1e-4, weight_decay=5e-4))

# Three pairs that share a cluster, and four other videos.
sampling = dict(batch_size=10, batch_sampler=dict(type='UniformBatchSampler', similar_pairs=3))
