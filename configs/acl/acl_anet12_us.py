"""ACL on ActivityNet-1.2 without labels, as in the paper (Sec. 4.2)."""

_base_ = [
    '../_base_/models/acl.py',
    '../_base_/datasets/activitynet12.py',
    '../_base_/schedules/three_rounds.py',
    '../_base_/default_runtime.py',
]

model = dict(num_clusters=100)

# 30,000 steps a round.
train_dataloader = dict(batch_sampler=dict(num_batches=500))
train_cfg = dict(epochs_per_round=60)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
