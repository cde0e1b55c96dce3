"""UM+ with attention as it is."""

_base_ = '../um_plus_synthetic_us.py'

default_hooks = dict(clustering=dict(pooling=dict(transform=None)))
