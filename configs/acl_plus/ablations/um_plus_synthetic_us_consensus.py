"""UM with the consensus alone: the weights of the paper."""

_base_ = '../um_plus_synthetic_us.py'

default_hooks = dict(clustering=dict(pooling=None))
