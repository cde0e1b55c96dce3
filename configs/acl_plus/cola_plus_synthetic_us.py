"""CoLA with stable rounds on simulated videos without labels. The figures are simulated."""

_base_ = [
    '../_base_/methods/cola.py',
    '../_base_/datasets/synthetic.py',
    '../_base_/settings/stable_rounds.py',
]

model = dict(in_channels=dict(rgb=128, flow=128), embedding_channels=128)

# 200 steps a round.
train_cfg = dict(epochs_per_round=4)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
