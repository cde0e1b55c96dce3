"""ACL on your own folder with video-level labels: set the first variable, then look at the others.

The environment variable MMACL_CUSTOM_ROOT sets the folder without an edit of this file.

    <data_root>/features/rgb/<video>.npy    (T, D) float, one row a snippet
    <data_root>/features/flow/<video>.npy   the same for optical flow; leave it out of modalities if you have none
    <data_root>/annotations.json            ActivityNet style, with the subsets named below

The actions of a training video come from its annotations; times are read for test videos only.
"""

_base_ = [
    '../_base_/methods/acl.py',
    '../_base_/datasets/folder.py',
    '../_base_/settings/weakly_supervised.py',
]

data_root = '{{$MMACL_CUSTOM_ROOT:data/custom}}'

# Streams and their feature widths.
in_channels = dict(rgb=1024, flow=1024)
# The classes, in label order.
classes = ('action_a', 'action_b')
# Names of the subsets to train on and to test on.
train_subset, test_subset = 'training', 'validation'
# Frames a second, and frames from one snippet to the next.
# A timing for each video: dict(mode='file') reads <data_root>/timing.json; see docs/en/data.md.
timing = dict(fps=25.0, snippet_stride=16)

dataset = dict(
    data_root=data_root,
    modalities=tuple(in_channels),
    feature_dims=in_channels,
    timing=timing,
    classes=classes,
)
model = dict(in_channels=dict(_delete_=True, **in_channels), num_clusters=len(classes))
train_dataloader = dict(dataset=dict(subset=train_subset, **dataset))
test_dataloader = dict(dataset=dict(subset=test_subset, **dataset))
val_dataloader = test_dataloader

# 2,000 steps.
train_cfg = dict(epochs_per_round=20)
