"""DELU (Chen, Gao, Yang, Xu, ECCV 2022) on CO2-Net; docs/en/methods/delu.md lists what the paper leaves open."""

_base_ = './co2net.py'

model = dict(
    type='DELU',
    evidence_ratio=9,
    evidence_weight=1.3,
    progressive_weight=0.4,
    amplitude=0.7,
    easy_first=True,
    opposite_weight=0.4,
    # Twenty thresholds from 0.1 to 0.9.
    post_processor=dict(proposals=dict(thresholds=[0.1 + step * 0.8 / 19 for step in range(20)])),
)

sampling = dict(crop=dict(num_snippets=320))
