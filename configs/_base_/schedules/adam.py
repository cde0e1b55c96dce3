"""Adam at a constant learning rate, since the paper names no schedule (Sec. 4.2); a config states the rate."""

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='Adam', lr=1e-4, weight_decay=1e-3),
)
param_scheduler = None
