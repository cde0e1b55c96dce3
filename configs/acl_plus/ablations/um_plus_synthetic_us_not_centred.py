"""UM+ without centring."""

_base_ = '../um_plus_synthetic_us.py'

default_hooks = dict(clustering=dict(pooling=dict(centred=False)))
