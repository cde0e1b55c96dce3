"""BM on ActivityNet-1.2 with video-level labels."""

_base_ = [
    '../_base_/methods/bm.py',
    '../_base_/datasets/activitynet12.py',
    '../_base_/settings/weakly_supervised.py',
]

model = dict(num_clusters=100)

# 30,000 steps.
train_cfg = dict(epochs_per_round=60)
