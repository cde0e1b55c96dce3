"""THUMOS14: 200 validation videos to train, 212 test videos (Sec. 4.1), I3D features of 16 frames at 25 fps.

data/thumos14/gt.json                                    annotations, as BaS-Net's (subsets train and test)
data/thumos14/features/{train,test}/{rgb,flow}/<video>.npy   (T, 1024) each; features/{rgb,flow}/<video>.npy will do
"""

_base_ = './folder.py'

data_root = '{{$MMACL_THUMOS14_ROOT:data/thumos14}}'

dataset = dict(
    type='Thumos14Dataset',
    data_root=data_root,
    ann_file='gt.json',
    # video_test_0000270 has segments past its end.
    past_end='clip',
    modalities=('rgb', 'flow'),
    store=dict(type='NpyFolderStore'),
    timing=dict(fps=25.0, snippet_stride=16),
    feature_dims=dict(rgb=1024, flow=1024),
)

train_dataloader = dict(batch_sampler=dict(num_batches=500), dataset=dict(subset='train', **dataset))
test_dataloader = dict(dataset=dict(subset='test', **dataset))
val_dataloader = test_dataloader
