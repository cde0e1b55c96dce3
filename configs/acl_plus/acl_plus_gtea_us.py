"""ACL with stable rounds on GTEA windows without labels: real features with real temporal labels, one stream.

The environment variable MMACL_GTEA_ROOT sets the folder; a snippet is 5 frames at 15 fps.
"""

_base_ = [
    '../_base_/methods/acl_narrow.py',
    '../_base_/datasets/folder.py',
    '../_base_/settings/stable_rounds.py',
]

data_root = '{{$MMACL_GTEA_ROOT:data/gtea}}'
modalities = ('rgb',)
timing = dict(fps=15.0, snippet_stride=5)
classes = ('close', 'fold', 'open', 'pour', 'put', 'scoop', 'shake', 'spread', 'stir', 'take')

model = dict(in_channels=dict(_delete_=True, rgb=128), num_clusters=10)

train_dataloader = dict(
    batch_size=20,
    num_workers=0,
    persistent_workers=False,
    batch_sampler=dict(clusters_per_batch=10, num_batches=50),
    dataset=dict(data_root=data_root, subset='train', modalities=modalities, timing=timing, classes=classes),
)
test_dataloader = dict(
    num_workers=0,
    persistent_workers=False,
    dataset=dict(data_root=data_root, subset='test', modalities=modalities, timing=timing, classes=classes),
)
val_dataloader = test_dataloader

# 200 steps a round.
train_cfg = dict(epochs_per_round=4)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
