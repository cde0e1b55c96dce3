"""Networks that turn snippets of frames into features."""

from mmacl.video.extractors.build import build_extractor
from mmacl.video.extractors.feature_extractor import ExtractorFacts, FeatureExtractor
from mmacl.video.extractors.flow_extractor import FlowExtractor
from mmacl.video.extractors.i3d import InceptionI3D
from mmacl.video.extractors.i3d_extractor import I3DRGB, I3DFlow
from mmacl.video.extractors.listing import list_extractors
from mmacl.video.extractors.motion_histogram import MotionHistogram
from mmacl.video.extractors.timm_extractor import TimmFrames
from mmacl.video.extractors.torchvision_extractors import R3D18, S3D, MViTV2S, Swin3DT, TorchvisionExtractor
from mmacl.video.extractors.weights import digest_of, load_weights, read_flax_i3d, read_weights

__all__ = [
    'I3DRGB',
    'R3D18',
    'S3D',
    'ExtractorFacts',
    'FeatureExtractor',
    'FlowExtractor',
    'I3DFlow',
    'InceptionI3D',
    'MViTV2S',
    'MotionHistogram',
    'Swin3DT',
    'TimmFrames',
    'TorchvisionExtractor',
    'build_extractor',
    'digest_of',
    'list_extractors',
    'load_weights',
    'read_flax_i3d',
    'read_weights',
]
