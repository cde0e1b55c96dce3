"""UM on ActivityNet-1.2 without labels."""

_base_ = [
    '../_base_/methods/um.py',
    '../_base_/datasets/activitynet12.py',
    '../_base_/settings/unsupervised.py',
]

model = dict(num_clusters=100)

# 30,000 steps a round, of videos of 50 snippets.
train_cfg = dict(epochs_per_round=60)
sampling = dict(crop=dict(num_snippets=50))
