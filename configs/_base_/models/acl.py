"""The paper's model (Sec. 3.2 to 3.6, 3.8); docs/en/paper_to_code.md lists the values that the paper does not give."""

model = dict(
    type='TwoStreamLocalizer',
    data_preprocessor=dict(type='SnippetDataPreprocessor'),
    in_channels=dict(rgb=1024, flow=1024),
    num_clusters=20,
    attention='softmax',
    # Late fusion: weights of A and of p; None is 1 : 1.
    fusion_weights=None,
    length_groups=4,
    stream=dict(
        type='CoAttentionStream',
        input_dropout=0.5,
        backbone=dict(
            type='FAB',
            branch_channels=256,
            kernel_size=3,
            dilations=(2, 3),
            fuse_kernel_size=1,
            # None: the width of the input, so that the skip is the identity.
            out_channels=None,
        ),
        class_specific_head=dict(type='ClassSpecificHead', hidden_channels=256),
        class_agnostic_head=dict(type='ClassAgnosticHead', hidden_channels=256),
        losses=dict(
            classification=dict(type='VideoClassificationLoss'),
            triplet=dict(type='ClusterTripletLoss', margin=0.5, max_negative_distance=None, loss_weight=0.5),
            separation=dict(
                type='ActionBackgroundSeparationLoss',
                similarity_margin=1e-4,
                separation_margin=0.25,
                intra_weight=1.0,
                loss_weight=0.5,
                reduction='sum',
            ),
        ),
    ),
    post_processor=dict(
        type='ActionPostProcessor',
        class_threshold=0.1,
        score_map=dict(type='ScoreMap', mode='none', interpolation=1, smoothing=None),
        proposals=dict(
            type='ThresholdProposals',
            thresholds=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
            dilation=1,
        ),
        scorer=dict(type='OuterInnerContrast', outer_ratio=0.25, gamma=0.1),
        nms=dict(type='TemporalNMS', iou_threshold=0.5),
        nms_after_mapping=False,
    ),
)
