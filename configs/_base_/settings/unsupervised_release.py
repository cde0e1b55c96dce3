"""No labels, as in the authors' partial release: four rounds of 30,000 steps (the release runs 30,005)."""

_base_ = ['./rounds.py', '../release_runtime.py']

train_cfg = dict(num_rounds=4, epochs_per_round=60)
