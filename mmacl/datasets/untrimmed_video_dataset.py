"""Untrimmed videos as mmengine datasets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from mmengine.dataset import BaseDataset
from numpy.typing import NDArray

from mmacl.datasets.public_videos import ActivityNet12Videos, Thumos14Videos
from mmacl.datasets.samplers import DrawnVideo
from mmacl.datasets.synthetic_videos import SyntheticVideos
from mmacl.datasets.transforms import build_pipeline, seeded_generators
from mmacl.datasets.untrimmed_videos import UntrimmedVideos
from mmacl.registry import DATASETS
from mmacl.structures.feature_table import SnippetRows


@DATASETS.register_module()
class UntrimmedVideoDataset(UntrimmedVideos, BaseDataset):
    """:class:`UntrimmedVideos` for a data loader: an item is the result of the pipeline for a video.

    See :class:`UntrimmedVideos` for the arguments, and :mod:`mmacl.datasets.transforms` for what a pipeline is given.

    Attributes:
        first_rows: the first row of each video in a :class:`~mmacl.structures.feature_table.FeatureTable`; then the
            pipeline is given rows in the place of features. None: features.
    """

    first_rows: NDArray[np.int64] | None = None

    def _set_up(self, pipeline: Sequence[Mapping[str, Any] | Callable[..., Any]], lazy_init: bool) -> None:
        """Build the pipeline."""
        BaseDataset.__init__(
            self,
            ann_file=self.ann_file,
            metainfo=self._metainfo,
            data_root=self.data_root,
            data_prefix={},
            serialize_data=False,  # records are small, and serialising costs a full garbage collection
            pipeline=build_pipeline(pipeline),
            test_mode=self.test_mode,
            lazy_init=lazy_init,
            max_refetch=0,
        )

    def _join_prefix(self) -> None:
        """Leave the paths as they are: :class:`UntrimmedVideos` has joined them."""

    def full_init(self) -> None:
        """Read the annotations and find the videos, once."""
        if not self._fully_initialized:
            BaseDataset.full_init(self)
            self._connect()

    def get_subset_(self, indices: Sequence[int] | int) -> None:
        """Keep some videos only."""
        super().get_subset_(indices)
        self._connect()

    def get_subset(self, indices: Sequence[int] | int) -> UntrimmedVideoDataset:
        """A dataset of some of the videos."""
        subset = super().get_subset(indices)
        subset._connect()
        return subset

    def prepare_data(self, idx: int | DrawnVideo) -> Any:
        """Run the pipeline on a video, by its index or as a batch sampler drew it; the seed is that of the draw."""
        drawn = idx if isinstance(idx, DrawnVideo) else None
        index = range(len(self))[idx.index if isinstance(idx, DrawnVideo) else idx]
        given = dict(
            video_name=self._video_names[index],
            num_snippets=self.num_snippets(index),
            timing=self.timing(index),
            classes=self._metainfo.get('classes'),
            drawn_cluster=drawn.cluster if drawn else None,
            seed=drawn.seed if drawn else None,
            load_features=partial(self.load_features if self.first_rows is None else self._rows, index),
            load_record=partial(self.record, index),
        )
        with seeded_generators(drawn.seed if drawn else index):
            return self.pipeline(given)

    def _rows(self, index: int) -> dict[str, SnippetRows]:
        """Rows of a video in the table, the same for every modality."""
        assert self.first_rows is not None
        first = int(self.first_rows[index])
        rows = np.arange(first, first + self.num_snippets(index)).view(SnippetRows)
        return dict.fromkeys(self.modalities, rows)


@DATASETS.register_module()
class Thumos14Dataset(Thumos14Videos, UntrimmedVideoDataset):
    """:class:`Thumos14Videos` for a data loader."""


@DATASETS.register_module()
class ActivityNet12Dataset(ActivityNet12Videos, UntrimmedVideoDataset):
    """:class:`ActivityNet12Videos` for a data loader."""


@DATASETS.register_module()
class SyntheticActions(SyntheticVideos, UntrimmedVideoDataset):
    """:class:`SyntheticVideos` for a data loader."""
