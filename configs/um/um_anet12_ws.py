"""UM on ActivityNet-1.2 with video-level labels."""

_base_ = [
    '../_base_/methods/um.py',
    '../_base_/datasets/activitynet12.py',
    '../_base_/settings/weakly_supervised.py',
]

model = dict(num_clusters=100)

# 30,000 steps, of videos of 50 snippets.
train_cfg = dict(epochs_per_round=60)
sampling = dict(crop=dict(num_snippets=50))
