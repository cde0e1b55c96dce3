"""Localizers: the contract of a whole method, and one file for each method."""

from mmacl.models.fusion import fuse_streams
from mmacl.models.localizers.action_co_localizer import ActionCoLocalizer, TwoStreamLocalizer
from mmacl.models.localizers.autoloc import AutoLoc
from mmacl.models.localizers.base_localizer import BaseLocalizer, TrainingProgress
from mmacl.models.localizers.basnet import BaSNet
from mmacl.models.localizers.bm import BM
from mmacl.models.localizers.cmcs import CMCS
from mmacl.models.localizers.co2net import CO2Net
from mmacl.models.localizers.co_attention_stream import CoAttentionStream, StreamOutput
from mmacl.models.localizers.cola import CoLA
from mmacl.models.localizers.delu import DELU
from mmacl.models.localizers.hide_and_seek import HideAndSeek
from mmacl.models.localizers.length_groups import LengthGroups
from mmacl.models.localizers.loss_inputs import LabelRows, PooledVideos, VideoTargets
from mmacl.models.localizers.maan import MAAN
from mmacl.models.localizers.stpn import STPN
from mmacl.models.localizers.three_c_net import ThreeCNet
from mmacl.models.localizers.um import UM
from mmacl.models.localizers.untrimmed_net import UntrimmedNet
from mmacl.models.localizers.wtalc import WTALC

__all__ = [
    'BM',
    'CMCS',
    'DELU',
    'MAAN',
    'STPN',
    'UM',
    'WTALC',
    'ActionCoLocalizer',
    'AutoLoc',
    'BaSNet',
    'BaseLocalizer',
    'CO2Net',
    'CoAttentionStream',
    'CoLA',
    'HideAndSeek',
    'LabelRows',
    'LengthGroups',
    'PooledVideos',
    'StreamOutput',
    'ThreeCNet',
    'TrainingProgress',
    'TwoStreamLocalizer',
    'UntrimmedNet',
    'VideoTargets',
    'fuse_streams',
]
