"""3C-Net (Narayan et al., ICCV 2019) without counts; docs/en/methods/threecnet.md lists what the paper leaves open."""

_base_ = '../schedules/adam.py'

model = dict(
    type='ThreeCNet',
    in_channels=dict(rgb=1024, flow=1024),
    num_clusters=20,
    # The width of each stream.
    hidden_channels=None,
    num_layers=1,
    dropout=0.7,
    top_k_ratio=8,
    video_scores='softmax',
    center_rate=0.1,
    losses=dict(
        classification=dict(type='VideoClassificationLoss', reduction='mean'),
        center=dict(type='CenterLoss', loss_weight=1e-3),
    ),
    init_cfg=dict(type='Xavier', layer='Linear', distribution='uniform'),
    post_processor=dict(
        type='ActionPostProcessor',
        class_threshold=0.5,
        class_selection='relative',
        score_map=dict(type='ScoreMap', mode='raw'),
        proposals=dict(type='ThresholdProposals', thresholds=(0.5,), relative_to='range', min_length=2),
        scorer=dict(type='MaxInside', gamma=1.0),
        # One threshold gives no overlaps.
        nms=None,
    ),
)

optim_wrapper = dict(optimizer=dict(lr=1e-4, weight_decay=5e-4))

sampling = dict(batch_size=32, batch_sampler=dict(type='UniformBatchSampler'))
