"""Video-level labels in place of clusters: one round, nothing is clustered (Sec. 3)."""

_base_ = './unsupervised.py'

train_cfg = dict(num_rounds=1)
default_hooks = dict(clustering=dict(clusterer=dict(_delete_=True, type='AnnotatedLabels')))
