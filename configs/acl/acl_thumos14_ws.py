"""ACL on THUMOS14 with video-level labels: the first clustering is skipped (Sec. 3)."""

_base_ = [
    '../_base_/methods/acl.py',
    '../_base_/datasets/thumos14.py',
    '../_base_/settings/weakly_supervised.py',
]

# 15,000 steps.
train_cfg = dict(epochs_per_round=30)
