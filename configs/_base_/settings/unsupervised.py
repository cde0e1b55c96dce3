"""No labels: three rounds; in each, the videos are clustered and a new model is trained on the clusters (Sec. 3.7)."""

_base_ = ['./rounds.py', '../default_runtime.py']
