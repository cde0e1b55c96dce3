"""UntrimmedNet on ActivityNet-1.2 without labels."""

_base_ = [
    '../_base_/methods/untrimmed_net.py',
    '../_base_/datasets/activitynet12.py',
    '../_base_/settings/unsupervised.py',
]

model = dict(num_clusters=100)

# 30,000 steps a round.
train_cfg = dict(epochs_per_round=60)
