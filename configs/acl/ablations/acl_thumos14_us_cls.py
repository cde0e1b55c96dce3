"""Table 5, row 2: FAB with L_cls alone."""

_base_ = '../acl_thumos14_us.py'

model = dict(stream=dict(losses=dict(triplet=None, separation=None)))
