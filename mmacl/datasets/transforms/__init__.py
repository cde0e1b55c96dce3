"""Transforms: from the name of a video to the input of the model.

They derive from :class:`mmcv.transforms.BaseTransform` and run beside mmcv's own, such as ``Compose``, ``RandomApply``,
``RandomChoice`` and ``KeyMapper``. The dataset gives a pipeline a dict with

- ``video_name``, ``num_snippets`` T, ``timing`` (:class:`~mmacl.structures.SnippetTiming`) and ``classes``, a tuple or
  None;
- ``drawn_cluster`` and ``seed`` of the :class:`~mmacl.datasets.DrawnVideo`, None outside training;
- ``load_features()``, which returns {modality: (T, D)}, and ``load_record()``, which returns a
  :class:`~mmacl.datasets.VideoRecord` or, where the subset is not annotated, None. Both read when they are called.

A transform with ``takes_rows = True`` selects snippets by indexing the first axis and does nothing else to features: it
works as well on rows of a :class:`~mmacl.structures.feature_table.FeatureTable`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
