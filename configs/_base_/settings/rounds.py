"""The loops: three rounds of clustering and localization (Sec. 3.7).

A data set states the steps of a round: ``num_batches`` of the batch sampler times ``epochs_per_round``. A checkpoint is
written after each epoch.
"""

train_cfg = dict(type='RoundBasedTrainLoop', num_rounds=3, epochs_per_round=1)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
