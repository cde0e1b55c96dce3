"""Three rounds of clustering and localization (Sec. 3.7) under Adam (Sec. 4.2).

A data set states its learning rate and the steps of a round: ``num_batches`` of the batch sampler times
``epochs_per_round``. A checkpoint is written after each epoch.
"""

train_cfg = dict(type='RoundBasedTrainLoop', num_rounds=3, epochs_per_round=1)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='Adam', lr=1e-4, weight_decay=1e-3),
)
# The paper names no schedule: the learning rate is constant.
param_scheduler = None
