"""Table 5, row 1: Conv1D with L_cls alone."""

_base_ = '../acl_thumos14_us.py'

model = dict(
    stream=dict(
        backbone=dict(_delete_=True, type='Conv1D'),
        losses=dict(triplet=None, separation=None),
    ),
)
