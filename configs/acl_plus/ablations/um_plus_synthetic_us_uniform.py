"""UM+ without salient starts: round 1 weighs all snippets alike."""

_base_ = '../um_plus_synthetic_us.py'

default_hooks = dict(clustering=dict(pooling=dict(initial=None)))
