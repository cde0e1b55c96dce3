"""CMCS on ActivityNet-1.2 without labels."""

_base_ = [
    '../_base_/methods/cmcs.py',
    '../_base_/datasets/activitynet12.py',
    '../_base_/settings/unsupervised.py',
]

model = dict(
    num_clusters=100,
    embed_channels=256,
    branch_channels=128,
    # Everything above the lowest value.
    post_processor=dict(proposals=dict(thresholds=(1e-7,))),
)

# 20,000 steps a round; the learning rate falls at half of them.
train_cfg = dict(epochs_per_round=40)
optim_wrapper = dict(optimizer=dict(lr=1e-3, weight_decay=1e-4))
param_scheduler = [dict(type='MultiStepLR', by_epoch=False, milestones=[10000], gamma=0.1)]
sampling = dict(batch_size=32)
