"""CoLA on THUMOS14 without labels."""

_base_ = [
    '../_base_/methods/cola.py',
    '../_base_/datasets/thumos14.py',
    '../_base_/settings/unsupervised.py',
]

# 6,000 steps a round.
train_cfg = dict(epochs_per_round=12)
