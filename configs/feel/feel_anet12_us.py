"""FEEL (CoLA, clustered and selected) on ActivityNet-1.2 without labels."""

_base_ = [
    '../_base_/methods/cola.py',
    '../_base_/datasets/activitynet12.py',
    '../_base_/settings/self_paced.py',
]

model = dict(
    num_clusters=100,
    post_processor=dict(class_threshold=0.1),
)

# 8,000 steps a round, batches of 128 videos of 50 snippets, as CoLA.
train_cfg = dict(epochs_per_round=16)
sampling = dict(batch_size=128, crop=dict(num_snippets=50))
