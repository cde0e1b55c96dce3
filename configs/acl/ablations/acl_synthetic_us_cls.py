"""Table 5, row 2: FAB with L_cls alone."""

_base_ = '../acl_synthetic_us.py'

model = dict(stream=dict(losses=dict(triplet=None, separation=None)))
