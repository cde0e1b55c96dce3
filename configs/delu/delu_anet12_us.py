"""DELU on ActivityNet-1.2 without labels."""

_base_ = [
    '../_base_/methods/delu.py',
    '../_base_/datasets/activitynet12.py',
    '../_base_/settings/unsupervised.py',
]

model = dict(
    num_clusters=100,
    top_ratio=5,
    smoothing=13,
    evidence_ratio=5,
    evidence_weight=1.2,
    progressive_weight=0.2,
    amplitude=0.2,
    opposite_weight=0.8,
)

# 22,000 steps a round, of 60 snippets a video.
train_cfg = dict(epochs_per_round=44)
optim_wrapper = dict(optimizer=dict(lr=3e-5, weight_decay=5e-4))
sampling = dict(crop=dict(num_snippets=60))
