"""CO2-Net on ActivityNet-1.2 with video-level labels."""

_base_ = [
    '../_base_/methods/co2net.py',
    '../_base_/datasets/activitynet12.py',
    '../_base_/settings/weakly_supervised.py',
]

model = dict(num_clusters=100, top_ratio=5, smoothing=13)

# 22,000 steps, of 60 snippets a video.
train_cfg = dict(epochs_per_round=44)
optim_wrapper = dict(optimizer=dict(lr=3e-5, weight_decay=5e-4))
sampling = dict(crop=dict(num_snippets=60))
