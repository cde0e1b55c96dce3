"""The model of the authors' partial release: its differences from the paper's."""

_base_ = './acl.py'

model = dict(
    # RGB : flow = 2 : 1 on the logits.
    fusion_weights=dict(_delete_=True, rgb=2.0, flow=1.0),
    stream=dict(
        backbone=dict(
            _delete_=True, type='ReleaseFAB', base_channels=256, branch_channels=64, kernel_size=3, dilations=(1, 2, 3)
        ),
        # H pools the base feature, J and B pool the local and global features: no convolution in between.
        class_specific_head=dict(hidden_channels=None),
        class_agnostic_head=dict(hidden_channels=None),
        losses=dict(
            # The weight is 0 in the published script: the triplet loss is off.
            triplet=dict(max_negative_distance=1.0, loss_weight=0.0),
            # `mean` over pairs gives each side of the intra term the weight 1/2, with the paper's intra_weight of 1.
            separation=dict(
                similarity_margin=1e-3,
                separation_margin=0.5,
                loss_weight=1.0,
                reduction='mean',
            ),
        ),
    ),
    post_processor=dict(
        # Min-max per class, interpolation to frames, Savitzky-Golay of order 1, dilation by 20 frames.
        score_map=dict(mode='minmax', interpolation=16, smoothing=dict(_delete_=True, window=33, order=1)),
        proposals=dict(dilation=20),
        scorer=dict(gamma=0.25),
        nms=dict(iou_threshold=0.65),
    ),
)
