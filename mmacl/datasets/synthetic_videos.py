"""Simulated videos as a data set; imports no torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from mmacl.datasets.annotations import AnnotationSet
from mmacl.datasets.simulation import (
    FPS,
    GENERATOR_VERSION,
    SNIPPET_STRIDE,
    SUBSETS,
    SimulatedStore,
    SimulationSettings,
    VideoSimulator,
)
from mmacl.datasets.simulation.recipe import check_integer
from mmacl.datasets.stores import FeatureStore, build_store
from mmacl.datasets.untrimmed_videos import UntrimmedVideos
from mmacl.utils import InputError

_GIBIBYTE = 2**30


class SyntheticVideos(UntrimmedVideos):
    """Simulate videos with annotations, in memory within seconds; nothing is read from disk.

    The generator is frozen under the version that ``metainfo['dataset_name']`` states. It was calibrated without any
    method (``tools/maintenance/probe_synthetic.py`` shows how). The score of a method on it says something about the
    simulation only.

    Args:
        subset: ``'train'`` or ``'test'``: different videos of the same world.
        num_videos: videos of the subset, at least one a class.
        num_classes: actions.
        feature_dim: D of each stream, ``rgb`` and ``flow``.
        full_length: durations as in THUMOS14, not 60 to 400 snippets.
        seed: another seed is another data set, with other actions and other videos; both subsets need the same seed.
        world_seed: None: the seed; a number keeps the actions, scenes and read-outs of that seed, and ``seed`` chooses
            the videos alone.
        imbalance, two_class_rate, no_action_rate: classes of unequal frequency, videos with two classes, videos
            without action, see :class:`SimulationSettings`; both subsets need the same.
        allow_empty_classes: False: in training, every class must have a video.
        modalities: names of the streams, in order.
        cache: see :class:`UntrimmedVideos`; videos that do not fit are drawn anew each time.
        metainfo, exclude, pipeline, lazy_init, test_mode: see :class:`UntrimmedVideos`.

    Raises:
        InputError: an argument is out of range.
    """

    METAINFO: ClassVar[dict[str, Any]] = dict(
        dataset_name=f'{GENERATOR_VERSION} (simulated)',
        generator_version=GENERATOR_VERSION,
        simulated=True,
        fps=FPS,
        subsets=dict(training='train', testing='test'),
    )

    def __init__(
        self,
        subset: str = 'train',
        num_videos: int = 200,
        num_classes: int = 20,
        feature_dim: int = 128,
        full_length: bool = False,
        seed: int = 0,
        world_seed: int | None = None,
        imbalance: float = 1.0,
        two_class_rate: float | None = None,
        no_action_rate: float = 0.0,
        allow_empty_classes: bool = False,
        modalities: Sequence[str] = ('rgb', 'flow'),
        cache: Mapping[str, Any] | None = MappingProxyType(dict(budget_bytes=_GIBIBYTE)),
        metainfo: Mapping[str, Any] | None = None,
        exclude: Sequence[str] = (),
        pipeline: Sequence[Mapping[str, Any] | Callable[..., Any]] = (),
        lazy_init: bool = False,
        test_mode: bool = False,
    ) -> None:
        if subset not in SUBSETS:
            raise InputError(f'SyntheticActions: subset={subset!r} is not simulated', remedy=f'choose one of {SUBSETS}')
        check_integer('num_videos', num_videos, 1)
        settings = SimulationSettings(
            num_classes, feature_dim, full_length, seed, world_seed, imbalance, two_class_rate, no_action_rate
        )
        if num_videos < num_classes:
            raise InputError(
                f'SyntheticActions: num_videos={num_videos} cannot show num_classes={num_classes}',
                remedy='simulate at least one video a class',
            )
        self.simulator = VideoSimulator(settings)
        unknown = [name for name in modalities if name not in self.simulator.modalities]
        if unknown:
            raise InputError(
                f'SyntheticActions: modality {unknown[0]!r} is not simulated',
                remedy=f'choose from {self.simulator.modalities}',
            )
        self._subset = subset
        self._num_videos = num_videos
        super().__init__(
            ann_file=None,
            subset=subset,
            classes=settings.class_names,
            timing=dict(fps=FPS, snippet_stride=SNIPPET_STRIDE),
            modalities=modalities,
            allow_empty_classes=allow_empty_classes,
            cache=None if cache is None else dict(cache),
            metainfo=metainfo,
            exclude=exclude,
            pipeline=pipeline,
            lazy_init=lazy_init,
            test_mode=test_mode,
        )

    def build_store(self) -> FeatureStore:
        """Build a store that draws the features, with a cache around it."""
        return build_store(SimulatedStore(self.simulator, self._subset, self._num_videos), {}, self._cache_config)

    def read_annotations(self) -> AnnotationSet:
        """The records of the subset."""
        records = [self.simulator.record(self._subset, index) for index in range(self._num_videos)]
        if not any(record.labels for record in records):
            raise InputError(
                f'SyntheticActions: no_action_rate={self.simulator.settings.no_action_rate} leaves no video of subset '
                f'{self._subset!r} with an action',
                remedy='lower it, or simulate more videos',
            )
        return AnnotationSet(records, self.simulator.settings.class_names)
