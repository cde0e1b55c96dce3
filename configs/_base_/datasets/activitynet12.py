"""ActivityNet-1.2: the training subset to train, the validation subset to test (Sec. 4.1).

I3D features of 16 frames at 25 fps.

    data/activitynet12/annotations.json                      ActivityNet's own JSON
    data/activitynet12/features/{rgb,flow}/<video>.npy       (T, 1024) each
"""

_base_ = './folder.py'

data_root = '{{$MMACL_ANET12_ROOT:data/activitynet12}}'

dataset = dict(
    type='ActivityNet12Dataset',
    data_root=data_root,
    past_end='clip',
    # Nine instances have length 0; five training videos have only such instances.
    empty_segments='keep',
    modalities=('rgb', 'flow'),
    store=dict(type='NpyFolderStore'),
    timing=dict(fps=25.0, snippet_stride=16),
    feature_dims=dict(rgb=1024, flow=1024),
)

train_dataloader = dict(batch_sampler=dict(num_batches=500), dataset=dict(subset='training', **dataset))
test_dataloader = dict(dataset=dict(subset='validation', **dataset))
val_dataloader = test_dataloader

test_evaluator = dict(
    tiou_thresholds=(0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95),
    averages=((0.5, 0.95),),
)
val_evaluator = test_evaluator
