"""Building blocks on (B, T, D) sequences with a mask."""

from mmacl.models.layers.channel_dropout import ChannelDropout
from mmacl.models.layers.masked_non_local1d import MaskedNonLocal1d
from mmacl.models.layers.snippet_conv1d import SnippetConv1d

__all__ = ['ChannelDropout', 'MaskedNonLocal1d', 'SnippetConv1d']
