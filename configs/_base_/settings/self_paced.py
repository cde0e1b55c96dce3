"""No labels, as FEEL does it: cluster by shared neighbours; train on the surest half of each cluster first.

docs/en/methods/feel.md lists what could not be looked up.
"""

_base_ = './unsupervised.py'

default_hooks = dict(
    clustering=dict(
        clusterer=dict(
            _delete_=True,
            type='JaccardClusterer',
            num_neighbors=20,
            expansion_neighbors=6,
            euclidean_weight=0.0,
            algorithm='spectral',
        ),
        # Equal steps: constant speed.
        selection=dict(shares=(0.5, 0.75, 1.0), confidence='compactness'),
    ),
)
