"""Transforms: from a video's name to a model's input.

The dataset hands a pipeline a dict with ``video_name``; ``num_snippets`` T; ``timing`` (:class:`SnippetTiming`);
``classes`` (a tuple, or None); ``drawn_cluster`` and ``seed`` (from :class:`DrawnVideo`, else None); and two calls that
read only when asked: ``load_features()`` -> {modality: (T, D)} and ``load_record()`` -> :class:`VideoRecord`, or None
where the subset is not annotated.
"""

from mmacl.datasets.transforms.load_action_annotations import LoadActionAnnotations
from mmacl.datasets.transforms.load_snippet_features import LoadSnippetFeatures
from mmacl.datasets.transforms.pack_action_inputs import PackActionInputs
from mmacl.datasets.transforms.random_crop_snippets import RandomCropSnippets

__all__ = ['LoadActionAnnotations', 'LoadSnippetFeatures', 'PackActionInputs', 'RandomCropSnippets']
