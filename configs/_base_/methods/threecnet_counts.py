"""3C-Net with its counting loss, which needs the numbers of instances: the setting weakly_supervised_counts alone."""

_base_ = './threecnet.py'

model = dict(losses=dict(counting=dict(type='CountingLoss', loss_weight=1.0, absent_weight=1e-3)))

# Numbers of instances are those of whole videos.
sampling = dict(crop=dict(type='RandomCropSnippets', max_snippets=2800))
