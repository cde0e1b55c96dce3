"""The optimiser of the authors' partial release: the learning rate falls at half of a round of 30,000 steps."""

_base_ = './adam.py'

optim_wrapper = dict(optimizer=dict(lr=1e-3, weight_decay=1e-4))
param_scheduler = [dict(type='MultiStepLR', by_epoch=False, milestones=[15000], gamma=0.1)]
