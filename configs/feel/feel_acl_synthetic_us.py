"""ACL with the clustering and the selection of FEEL on simulated videos without labels. The figures are simulated.

The selection is at a variable speed, by another measure: any localizer takes these settings.
"""

_base_ = [
    '../_base_/methods/acl_narrow.py',
    '../_base_/datasets/synthetic.py',
    '../_base_/settings/self_paced.py',
]

model = dict(in_channels=dict(rgb=128, flow=128), num_clusters=20)
default_hooks = dict(
    clustering=dict(
        clusterer=dict(algorithm='average_linkage', euclidean_weight=0.3),
        selection=dict(shares=(0.3, 0.8, 1.0), confidence='silhouette'),
    )
)

# 200 steps a round.
train_cfg = dict(epochs_per_round=4)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
