"""UntrimmedNet on features (Wang, Xiong, Lin, Van Gool, CVPR 2017), soft selection.

docs/en/methods/untrimmed_net.md lists the values that the paper leaves open.
"""

_base_ = '../schedules/adam.py'

model = dict(
    type='UntrimmedNet',
    in_channels=dict(rgb=1024, flow=1024),
    num_clusters=20,
    selection='soft',
    num_selected=3,
    num_selected_in_test=20,
    dropout=0.8,
    fusion_weights=None,
    post_processor=dict(
        type='ActionPostProcessor',
        class_threshold=0.1,
        score_map=dict(type='ScoreMap', mode='none'),
        proposals=dict(type='ThresholdProposals', thresholds=(0.5,), relative_to='max'),
        scorer=dict(type='MeanInside', gamma=0.2),
        # One threshold gives no overlaps.
        nms=None,
    ),
)

optim_wrapper = dict(optimizer=dict(lr=1e-4, weight_decay=5e-4))

# Seven clips of a video.
sampling = dict(
    batch_sampler=dict(type='UniformBatchSampler'),
    crop=dict(type='SampleSnippets', num_snippets=7),
)
