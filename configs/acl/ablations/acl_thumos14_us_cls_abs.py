"""Table 5, row 3: FAB with L_cls and L_abs, that is, without the triplet loss."""

_base_ = '../acl_thumos14_us.py'

model = dict(stream=dict(losses=dict(triplet=None)))
