"""3C-Net on 50Salads windows with video-level labels and numbers of instances. ``MMACL_SALADS_ROOT`` is the folder."""

_base_ = [
    '../_base_/methods/threecnet_counts.py',
    '../_base_/datasets/salads.py',
    '../_base_/settings/weakly_supervised_counts.py',
]

model = dict(in_channels=dict(_delete_=True, cnn=128, imu=30), num_clusters=5)

# 200 steps.
train_cfg = dict(epochs_per_round=4)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
