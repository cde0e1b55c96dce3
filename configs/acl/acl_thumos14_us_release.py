"""ACL on THUMOS14 without labels, with the settings of the authors' partial release instead of the paper's."""

_base_ = [
    '../_base_/methods/acl_release.py',
    '../_base_/datasets/thumos14.py',
    '../_base_/settings/unsupervised_release.py',
]

model = dict(num_clusters=20)

# 16 clusters x 2 videos: a batch of 32.
train_dataloader = dict(
    batch_size=32,
    batch_sampler=dict(clusters_per_batch=16, videos_per_cluster=2),
    # Whole videos of any length.
    dataset=dict(pipeline=[dict(type='LoadSnippetFeatures'), dict(type='PackActionInputs')]),
)
