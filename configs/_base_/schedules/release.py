"""Loops and optimiser of the authors' partial release in one; new configs name a method and a setting instead."""

_base_ = ['../settings/rounds.py', './adam_release.py']

train_cfg = dict(num_rounds=4, epochs_per_round=60)
