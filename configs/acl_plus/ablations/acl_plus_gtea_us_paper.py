"""ACL on GTEA windows with the rounds of the paper, to compare with."""

_base_ = '../acl_plus_gtea_us.py'

default_hooks = dict(
    clustering=dict(
        clusterer=dict(_delete_=True, type='SpectralClusterer', sigma='paper', self_affinity=True),
        pooling=None,
    ),
)
