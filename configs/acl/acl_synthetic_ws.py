"""ACL on simulated videos with video-level labels: the first clustering is skipped (Sec. 3)."""

_base_ = './acl_synthetic_us.py'

train_cfg = dict(num_rounds=1)
default_hooks = dict(clustering=dict(clusterer=dict(_delete_=True, type='AnnotatedLabels')))
