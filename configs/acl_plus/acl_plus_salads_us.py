"""ACL with stable rounds on 50Salads windows without labels: real features of two streams, real temporal labels."""

_base_ = [
    '../_base_/methods/acl_narrow.py',
    '../_base_/datasets/salads.py',
    '../_base_/settings/stable_rounds.py',
]

model = dict(in_channels=dict(_delete_=True, cnn=128, imu=30), num_clusters=5)

# 200 steps a round.
train_cfg = dict(epochs_per_round=4)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
