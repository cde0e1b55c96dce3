"""No labels, rounds of our own: weights chosen by the stability of clusters, and a consensus of clusterings.

docs/en/methods/acl_plus.md explains each key. The values were fixed on simulated data sets 0 to 2, and are frozen;
once, a candidate was taken out after data sets 3 and 4 had been seen.
"""

_base_ = './unsupervised.py'

default_hooks = dict(
    clustering=dict(
        clusterer=dict(
            _delete_=True,
            type='ConsensusClusterer',
            parts=[
                dict(type='SpectralClusterer', sigma='paper', self_affinity=True),
                dict(type='KMeansClusterer'),
                dict(type='NeighborClusterer', cluster_share=2 / 3),
            ],
            num_runs=20,
        ),
        pooling=dict(
            # Round 1. The first of those is taken that are within the margin of the most stable one.
            initial=[
                dict(type='UniformWeights'),
                dict(type='SalientWeights', power=1.0),
                dict(type='SalientWeights', power=2.0),
                dict(type='SalientWeights', power=4.0),
            ],
            # Later rounds; None: the attention as it is.
            transform=[
                dict(type='AttentionShare', share=0.5),
                None,
                dict(type='AttentionShare', share=0.75),
            ],
            centred=True,
            margin=0.02,
        ),
    ),
)
