"""UntrimmedNet on THUMOS14 without labels."""

_base_ = [
    '../_base_/methods/untrimmed_net.py',
    '../_base_/datasets/thumos14.py',
    '../_base_/settings/unsupervised.py',
]

# 15,000 steps a round.
train_cfg = dict(epochs_per_round=30)
