"""Networks that turn snippets of frames into features."""

from mmacl.video.extractors.build import build_extractor
from mmacl.video.extractors.feature_extractor import FeatureExtractor
from mmacl.video.extractors.flow_extractor import FlowExtractor
from mmacl.video.extractors.i3d import InceptionI3D
from mmacl.video.extractors.i3d_extractor import I3DRGB, I3DFlow
from mmacl.video.extractors.weights import load_weights, read_flax_i3d, read_weights

__all__ = [
    'I3DRGB',
    'FeatureExtractor',
    'FlowExtractor',
    'I3DFlow',
    'InceptionI3D',
    'build_extractor',
    'load_weights',
    'read_flax_i3d',
    'read_weights',
]
