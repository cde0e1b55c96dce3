"""UM+ with one clustering, the paper's, in place of the consensus."""

_base_ = '../um_plus_synthetic_us.py'

default_hooks = dict(
    clustering=dict(
        clusterer=dict(_delete_=True, type='SpectralClusterer', sigma='paper', self_affinity=True),
    ),
)
