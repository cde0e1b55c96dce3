"""FEEL (CoLA, clustered and selected) on THUMOS14 without labels."""

_base_ = [
    '../_base_/methods/cola.py',
    '../_base_/datasets/thumos14.py',
    '../_base_/settings/self_paced.py',
]

# 6,000 steps a round, as CoLA.
train_cfg = dict(epochs_per_round=12)
