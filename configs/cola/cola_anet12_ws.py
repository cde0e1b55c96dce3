"""CoLA on ActivityNet-1.2 with video-level labels."""

_base_ = [
    '../_base_/methods/cola.py',
    '../_base_/datasets/activitynet12.py',
    '../_base_/settings/weakly_supervised.py',
]

model = dict(
    num_clusters=100,
    post_processor=dict(class_threshold=0.1),
)

# 8,000 steps, batches of 128 videos of 50 snippets.
train_cfg = dict(epochs_per_round=16)
sampling = dict(batch_size=128, crop=dict(num_snippets=50))
