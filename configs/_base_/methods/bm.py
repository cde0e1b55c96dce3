"""BM (Nguyen, Ramanan, Fowlkes, ICCV 2019); docs/en/methods/bm.md lists the values that are not known for sure."""

_base_ = '../schedules/adam.py'

model = dict(
    type='BM',
    in_channels=dict(rgb=1024, flow=1024),
    num_clusters=20,
    hidden_channels=256,
    # alpha, beta, gamma.
    background_weight=0.1,
    guide_weight=0.1,
    cluster_weight=0.1,
    guide_sigma=1.0,
    detach_guidance=True,
    fusion_weights=None,
    post_processor=dict(
        type='ActionPostProcessor',
        class_threshold=0.1,
        score_map=dict(type='ScoreMap', mode='none'),
        # Those of ACL.
        proposals=dict(
            type='ThresholdProposals',
            thresholds=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
            relative_to='mean',
        ),
        scorer=dict(type='MeanInside', gamma=0.0),
        nms=dict(type='TemporalNMS', iou_threshold=0.5),
    ),
)

optim_wrapper = dict(optimizer=dict(lr=1e-4, weight_decay=0.0))

sampling = dict(
    batch_sampler=dict(type='UniformBatchSampler'),
    crop=dict(type='SampleSnippets', num_snippets=400),
)
