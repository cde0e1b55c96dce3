"""The schedule of the authors' partial release: four rounds, the learning rate falls at half of a round."""

_base_ = './three_rounds.py'

# 30,000 steps a round (the release runs 30,005).
train_cfg = dict(num_rounds=4, epochs_per_round=60)
optim_wrapper = dict(optimizer=dict(lr=1e-3, weight_decay=1e-4))
param_scheduler = [dict(type='MultiStepLR', by_epoch=False, milestones=[15000], gamma=0.1)]
