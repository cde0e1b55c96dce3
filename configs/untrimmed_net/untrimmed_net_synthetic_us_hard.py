"""UntrimmedNet with the hard selection on simulated videos without labels. The figures are simulated."""

_base_ = './untrimmed_net_synthetic_us.py'

model = dict(selection='hard')
