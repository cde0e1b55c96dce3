"""Localizers: the network of one stream, and of all streams together (Sec. 3.2)."""

from mmacl.models.fusion import fuse_streams
from mmacl.models.localizers.co_attention_stream import CoAttentionStream, StreamOutput
from mmacl.models.localizers.length_groups import LengthGroups
from mmacl.models.localizers.loss_inputs import PooledVideos, VideoTargets
from mmacl.models.localizers.two_stream_localizer import TwoStreamLocalizer

__all__ = [
    'CoAttentionStream',
    'LengthGroups',
    'PooledVideos',
    'StreamOutput',
    'TwoStreamLocalizer',
    'VideoTargets',
    'fuse_streams',
]
