"""Clustering and mapping of the authors' partial release."""

_base_ = './default_runtime.py'

default_hooks = dict(
    clustering=dict(
        # Sigma is the mean over i <= j with the diagonal; the degree of a video excludes its affinity to itself.
        clusterer=dict(sigma='upper_triangle', self_affinity=False),
        # At least half of the votes, and further classes at half the score.
        mapping=dict(strict=False, secondary_weight=0.5),
    ),
)
