"""3C-Net on THUMOS14 with video-level labels and numbers of instances."""

_base_ = [
    '../_base_/methods/threecnet_counts.py',
    '../_base_/datasets/thumos14.py',
    '../_base_/settings/weakly_supervised_counts.py',
]

# 15,000 steps.
train_cfg = dict(epochs_per_round=30)
