"""Table 5, row 4: FAB with L_cls and L_trip, that is, without the action-background separation loss."""

_base_ = '../acl_synthetic_us.py'

model = dict(stream=dict(losses=dict(separation=None)))
