"""ACL with a smaller network than the paper's, for features of 128 dimensions."""

_base_ = './acl.py'

model = dict(
    stream=dict(
        backbone=dict(branch_channels=64),
        class_specific_head=dict(hidden_channels=64),
        class_agnostic_head=dict(hidden_channels=64),
    ),
)
