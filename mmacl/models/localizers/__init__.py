"""Localizers: the network of one stream, and of all streams together (Sec. 3.2)."""

from mmacl.models.localizers.co_attention_stream import CoAttentionStream
from mmacl.models.localizers.late_fusion import fuse_streams
from mmacl.models.localizers.length_groups import LengthGroups
from mmacl.models.localizers.pooled_videos import PooledVideos
from mmacl.models.localizers.stream_output import StreamOutput
from mmacl.models.localizers.two_stream_localizer import TwoStreamLocalizer
from mmacl.models.localizers.video_targets import VideoTargets

__all__ = [
    'CoAttentionStream',
    'LengthGroups',
    'PooledVideos',
    'StreamOutput',
    'TwoStreamLocalizer',
    'VideoTargets',
    'fuse_streams',
]
