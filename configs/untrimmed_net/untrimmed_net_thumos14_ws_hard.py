"""UntrimmedNet with the hard selection on THUMOS14 with video-level labels."""

_base_ = './untrimmed_net_thumos14_ws.py'

model = dict(selection='hard')
