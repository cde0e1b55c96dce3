"""Building blocks on (B, T, D) sequences with a mask."""

from mmacl.models.layers.channel_dropout import ChannelDropout
from mmacl.models.layers.gaussian_smoothing import smooth_over_time
from mmacl.models.layers.masked_non_local1d import MaskedNonLocal1d
from mmacl.models.layers.snippet_conv1d import RELU, MaskedConv, SnippetConv1d, build_snippet_conv, zero_padding
from mmacl.models.layers.snippet_norm import build_snippet_norm, normalize_snippets

__all__ = [
    'RELU',
    'ChannelDropout',
    'MaskedConv',
    'MaskedNonLocal1d',
    'SnippetConv1d',
    'build_snippet_conv',
    'build_snippet_norm',
    'normalize_snippets',
    'smooth_over_time',
    'zero_padding',
]
