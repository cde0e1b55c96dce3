"""ACL with stable rounds on your own folder, without labels: set the first variable, then look at the others.

The environment variable MMACL_CUSTOM_ROOT sets the folder without an edit of this file.

    <data_root>/features/rgb/<video>.npy    (T, D) float, one row a snippet
    <data_root>/features/flow/<video>.npy   the same for optical flow; leave it out of modalities if you have none
    <data_root>/annotations.json            optional, ActivityNet style; lists the videos, and is read for
                                            the metrics and the cluster -> action mapping

Without annotations every video is used for training and for testing, actions are called cluster_00, cluster_01, ...,
and no mAP is computed; `tools/test.py --out results.json` writes the segments.
"""

_base_ = [
    '../_base_/methods/acl.py',
    '../_base_/datasets/folder.py',
    '../_base_/settings/stable_rounds.py',
]

data_root = '{{$MMACL_CUSTOM_ROOT:data/custom}}'

# Streams and their feature widths.
in_channels = dict(rgb=1024, flow=1024)
# Number of different actions that you expect in the whole collection.
num_clusters = 20
# Subsets to train on and to test on, if the annotations divide the videos; None: all videos.
train_subset, test_subset = None, None
# Frames a second, and frames from one snippet to the next.
# A timing for each video: dict(mode='file') reads <data_root>/timing.json; see docs/en/data.md.
timing = dict(fps=25.0, snippet_stride=16)

dataset = dict(
    data_root=data_root,
    modalities=tuple(in_channels),
    feature_dims=in_channels,
    timing=timing,
    require_annotations=False,
)
model = dict(in_channels=dict(_delete_=True, **in_channels), num_clusters=num_clusters)
train_dataloader = dict(dataset=dict(subset=train_subset, **dataset))
test_dataloader = dict(dataset=dict(subset=test_subset, **dataset))
val_dataloader = test_dataloader

# 2,000 steps a round.
train_cfg = dict(epochs_per_round=20)
