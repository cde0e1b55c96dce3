"""BM on simulated videos with video-level labels. The figures are simulated."""

_base_ = [
    '../_base_/methods/bm.py',
    '../_base_/datasets/synthetic.py',
    '../_base_/settings/weakly_supervised.py',
]

model = dict(in_channels=dict(rgb=128, flow=128), hidden_channels=32)

# 200 steps.
train_cfg = dict(epochs_per_round=4)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
