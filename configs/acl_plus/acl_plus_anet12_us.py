"""ACL with stable rounds on ActivityNet-1.2 without labels."""

_base_ = [
    '../_base_/methods/acl.py',
    '../_base_/datasets/activitynet12.py',
    '../_base_/settings/stable_rounds.py',
]

model = dict(num_clusters=100)

# 30,000 steps a round.
train_cfg = dict(epochs_per_round=60)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
