"""Video-level labels and the number of instances of each action: stronger labels than weakly_supervised."""

_base_ = './weakly_supervised.py'

default_hooks = dict(counts=dict(type='InstanceCountsHook'))
