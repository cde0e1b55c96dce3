"""STPN on THUMOS14 with video-level labels."""

_base_ = [
    '../_base_/methods/stpn.py',
    '../_base_/datasets/thumos14.py',
    '../_base_/settings/weakly_supervised.py',
]

# 15,000 steps.
train_cfg = dict(epochs_per_round=30)
