"""ACL on simulated videos without labels: minutes on a laptop, no download. The numbers are simulated."""

_base_ = [
    '../_base_/models/acl.py',
    '../_base_/datasets/synthetic.py',
    '../_base_/schedules/three_rounds.py',
    '../_base_/default_runtime.py',
]

# A smaller network than the paper's, for features of 128 dimensions.
model = dict(
    in_channels=dict(rgb=128, flow=128),
    num_clusters=20,
    stream=dict(
        backbone=dict(branch_channels=64),
        class_specific_head=dict(hidden_channels=64),
        class_agnostic_head=dict(hidden_channels=64),
    ),
)

# 200 steps a round.
train_cfg = dict(epochs_per_round=4)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
