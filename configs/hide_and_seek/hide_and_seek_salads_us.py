"""Hide-and-Seek on 50Salads windows without labels. ``MMACL_SALADS_ROOT`` names the folder."""

_base_ = [
    '../_base_/methods/hide_and_seek.py',
    '../_base_/datasets/salads.py',
    '../_base_/settings/unsupervised.py',
]

model = dict(in_channels=dict(_delete_=True, cnn=128, imu=30), num_clusters=5, hidden_channels=128)

# 200 steps a round.
train_cfg = dict(epochs_per_round=4)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
