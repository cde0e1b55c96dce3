"""3C-Net on ActivityNet-1.2 with video-level labels and numbers of instances."""

_base_ = [
    '../_base_/methods/threecnet_counts.py',
    '../_base_/datasets/activitynet12.py',
    '../_base_/settings/weakly_supervised_counts.py',
]

# beta is 0.1 here.
model = dict(num_clusters=100, losses=dict(counting=dict(loss_weight=0.1)))

# 30,000 steps.
train_cfg = dict(epochs_per_round=60)
