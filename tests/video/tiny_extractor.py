"""Extractors that need no weights: the mean grey of each quarter of a snippet, and the mean flow."""

from mmacl.registry import EXTRACTORS
from mmacl.video import FeatureExtractor, FlowExtractor


@EXTRACTORS.register_module(force=True)
class TinyExtractor(FeatureExtractor):
    feature_dim = 4
    window, short_side, crop_size = 8, 16, 16

    def __init__(self, weights=None, **kwargs):
        super().__init__(**kwargs)

    def embed(self, clips):
        return clips.mean(dim=(1, 3, 4)).reshape(len(clips), 4, 2).mean(dim=2)


@EXTRACTORS.register_module(force=True)
class TinyFlowExtractor(FlowExtractor):
    feature_dim = 2
    window, short_side, crop_size = 8, 32, 32

    def __init__(self, weights=None, **kwargs):
        super().__init__(**kwargs)

    def embed(self, clips):
        return clips.mean(dim=(2, 3, 4))
