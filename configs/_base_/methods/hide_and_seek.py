"""Hide-and-Seek (Singh, Lee, ICCV 2017); docs/en/methods/hide_and_seek.md lists what the paper leaves open."""

_base_ = '../schedules/adam.py'

model = dict(
    type='HideAndSeek',
    in_channels=dict(rgb=1024, flow=1024),
    num_clusters=20,
    hidden_channels=500,
    pooling='max',
    num_segments=20,
    hide_probability=0.5,
    fusion_weights=None,
    post_processor=dict(
        type='ActionPostProcessor',
        class_threshold=0.1,
        score_map=dict(type='ScoreMap', mode='none'),
        proposals=dict(type='ThresholdProposals', thresholds=(0.5,), relative_to='max'),
        scorer=dict(type='MeanInside', gamma=0.0),
        # One threshold gives no overlaps.
        nms=None,
    ),
)

optim_wrapper = dict(optimizer=dict(lr=1e-4, weight_decay=0.0))

sampling = dict(batch_sampler=dict(type='UniformBatchSampler'))
