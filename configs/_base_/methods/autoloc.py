"""AutoLoc (Shou, Gao, Zhang, Miyazawa, Chang, ECCV 2018).

docs/en/methods/autoloc.md lists the values that the paper leaves open.
"""

_base_ = '../schedules/adam.py'

model = dict(
    type='AutoLoc',
    in_channels=dict(rgb=1024, flow=1024),
    num_clusters=20,
    anchors=(1, 2, 4, 8, 16, 32),
    hidden_channels=128,
    norm_cfg=dict(type='IN1d', affine=True),
    attention_threshold=0.0,
    foreground_threshold=0.1,
    min_contrast=-0.4,
    outer_ratio=0.25,
    min_outer=1.0,
    localization_start=0.5,
    localization_weight=1.0,
    selection_nms=dict(type='TemporalNMS', iou_threshold=0.4),
    dropout=0.8,
    fusion_weights=None,
    post_processor=dict(
        type='ActionPostProcessor',
        class_threshold=0.1,
        score_map=dict(type='ScoreMap', mode='none'),
        # The outer-inner contrast of the segment.
        proposal_scores='given',
        nms=dict(type='TemporalNMS', iou_threshold=0.4),
    ),
)

optim_wrapper = dict(optimizer=dict(lr=1e-3, weight_decay=5e-4))

sampling = dict(batch_size=16, batch_sampler=dict(type='UniformBatchSampler'))
