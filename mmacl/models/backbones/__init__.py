"""Backbones: snippet features to embeddings (Sec. 3.4).

A backbone maps (B, T, in_channels) and a mask (B, T) to (B, T, out_channels), or to a pair of such tensors: the first
for the class-agnostic branch, the second for the class-specific branch. Its attribute ``out_channels`` is an int, or a
pair. Values at padding are finite and have no meaning.

``conv_cfg``, ``norm_cfg`` and ``act_cfg`` are those of OpenMMLab and hold for every convolution of a backbone, see
:func:`~mmacl.models.layers.build_snippet_conv`.
"""

from mmacl.models.backbones.conv1d import Conv1D
from mmacl.models.backbones.fab import FAB
from mmacl.models.backbones.release_fab import ReleaseFAB

__all__ = ['FAB', 'Conv1D', 'ReleaseFAB']
