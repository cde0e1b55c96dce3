"""50Salads windows: real stretches of cooking videos around five actions; train and test are the same videos.

The variables MMACL_SALADS_ROOT and MMACL_SALADS_FOLD (fold1, fold2, fold3) choose the folder. Each fold has features of
its own: those of two folds are not comparable.

    data/salads/fold1/annotations.json             ActivityNet style, subset all
    data/salads/fold1/features/cnn/<window>.npy    (T, 128), camera
    data/salads/fold1/features/imu/<window>.npy    (T, 30), accelerometers
"""

_base_ = './folder.py'

data_root = '{{$MMACL_SALADS_ROOT:data/salads}}/{{$MMACL_SALADS_FOLD:fold1}}'

dataset = dict(
    data_root=data_root,
    subset='all',
    modalities=('cnn', 'imu'),
    # A snippet counts as a second: its true length is not documented.
    timing=dict(fps=1.0, snippet_stride=1),
    feature_dims=dict(cnn=128, imu=30),
    classes=('action_01', 'action_03', 'action_05', 'action_11', 'action_14'),
)
# About 50 windows fit into memory: workers would only cost their start.
loader = dict(num_workers=0, persistent_workers=False, dataset=dataset)

train_dataloader = dict(batch_sampler=dict(num_batches=50), **loader)
# One video at a time, as when the results in docs/en/results.md were recorded: the last digits depend on the batch.
test_dataloader = dict(batch_size=1, batch_sampler=None, **loader)
val_dataloader = test_dataloader
