"""UM with stable rounds on THUMOS14 without labels."""

_base_ = [
    '../_base_/methods/um.py',
    '../_base_/datasets/thumos14.py',
    '../_base_/settings/stable_rounds.py',
]

# 10,000 steps a round.
train_cfg = dict(epochs_per_round=20)
