"""Untrimmed videos as features, with or without annotations; imports no torch."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.aligned_streams import AlignedStreams
from mmacl.datasets.annotations import AnnotationSet, RecordRules, VideoRecord, class_list
from mmacl.datasets.folder_listing import list_videos, missing_annotations
from mmacl.datasets.stores import Features, FeatureStore, build_store
from mmacl.datasets.timing_rule import TimingRule
from mmacl.datasets.video_timings import VideoTimings
from mmacl.registry import ANNOTATION_READERS
from mmacl.structures import SnippetTiming
from mmacl.utils import InputError, log_warning
from mmacl.utils.small_text import plain_or_gzipped


class UntrimmedVideos:
    """Join a feature store and annotations (Sec. 3.1).

    :class:`UntrimmedVideoDataset` adds the pipeline, by which videos become items of a data loader. What looks at data
    without training needs only this class.

    Without annotations the videos are those that have features, and ``metainfo`` has no ``classes``.

    Args:
        data_root: the folder of the data set.
        ann_file: annotations, relative to ``data_root``, perhaps with ``.gz`` at the end; None: there are none.
        subset: names of the subsets to use; None: all videos.
        store: config of the feature store, or a store.
        modalities: names of the streams, in order.
        timing: ``dict(fps=..., snippet_stride=..., offset=0.0)``, ``dict(mode='duration')``, or a timing of each video:
            ``dict(mode='file', path='timing.json')``, ``dict(mode='annotations', snippet_stride=...)`` or
            ``dict(mode='companions')``; see :class:`VideoTimings`.
        feature_dims: expected widths, by modality; None: those of the first video.
        length_tolerance: snippets by which the streams of a video may differ; they are cut to the shortest.
        classes: actions in label order; None: as ``metainfo`` has them, else the annotations, else alphabetical.
        exclude: names of videos to leave out.
        require_annotations: False: a folder without ``ann_file`` is taken as one without annotations.
        ann_reader: config of the annotation reader.
        past_end, past_end_tolerance, empty_segments: which annotations are accepted, see :class:`RecordRules`.
        allow_empty_classes: False: in training, every class must have a video.
        cache: ``dict(budget_bytes=..., dtype=...)`` keeps features in memory, see :class:`CachedStore`; None: none are.
        metainfo: adds to or overrides the ``METAINFO`` of the class.
        pipeline: configs of the transforms, or transforms; used by :class:`UntrimmedVideoDataset`.
        lazy_init: read annotations only when they are needed.
        test_mode: True for videos that are not trained on.

    Raises:
        InputError: the arguments, the annotations or the folder are not as described.
    """

    METAINFO: ClassVar[dict[str, Any]] = dict(simulated=False)

    def __init__(
        self,
        data_root: str | os.PathLike[str] = '',
        ann_file: str | None = 'annotations.json',
        subset: str | Sequence[str] | None = None,
        store: Mapping[str, Any] | FeatureStore | None = None,
        modalities: Sequence[str] = ('rgb', 'flow'),
        timing: Mapping[str, Any] | None = None,
        feature_dims: Mapping[str, int] | None = None,
        length_tolerance: int = 1,
        classes: Sequence[str] | None = None,
        exclude: Sequence[str] = (),
        require_annotations: bool = True,
        ann_reader: Mapping[str, Any] | None = None,
        past_end: str = 'error',
        past_end_tolerance: float = 1.0,
        empty_segments: str = 'error',
        allow_empty_classes: bool = False,
        cache: Mapping[str, Any] | None = None,
        metainfo: Mapping[str, Any] | None = None,
        pipeline: Sequence[Mapping[str, Any] | Callable[..., Any]] = (),
        lazy_init: bool = False,
        test_mode: bool = False,
    ) -> None:
        self.data_root = os.fspath(data_root)
        self.ann_file = plain_or_gzipped(os.path.join(self.data_root, ann_file)) if ann_file else ''
        self.subsets = (subset,) if isinstance(subset, str) else None if subset is None else tuple(subset)
        self.modalities = tuple(modalities)
        self.exclude = frozenset(exclude)
        self.require_annotations = require_annotations
        self.allow_empty_classes = allow_empty_classes
        self._store_config = store if store is not None else dict(type='NpyFolderStore')
        self._cache_config = cache
        self._reader_config = ann_reader or dict(type='ActivityNetAnnotations')
        self.timings = VideoTimings(timing, self.data_root, self._source)
        self.rules = RecordRules(past_end, past_end_tolerance, empty_segments)
        self.stated_dims = dict(feature_dims or {})
        self.length_tolerance = length_tolerance
        self.test_mode = test_mode
        self.data_list: list[dict[str, Any]] = []
        self._fully_initialized = False
        self._annotated = False
        if not self.modalities or len(set(self.modalities)) < len(self.modalities):
            raise InputError(f'modalities={self.modalities} must name one or more streams, each once')
        unknown = sorted(set(self.stated_dims) - set(self.modalities))
        if unknown:
            raise InputError(f'feature_dims names {unknown[0]!r}, which is not among the modalities {self.modalities}')
        self._metainfo = self._load_metainfo(dict(metainfo or {}) | ({} if classes is None else dict(classes=classes)))
        self._set_up(pipeline, lazy_init)

    def _set_up(self, pipeline: Sequence[Mapping[str, Any] | Callable[..., Any]], lazy_init: bool) -> None:
        """Finish the construction."""
        if not lazy_init:
            self.full_init()

    @classmethod
    def _load_metainfo(cls, metainfo: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Merge, without taking strings for names of files as mmengine does."""
        merged = {**UntrimmedVideos.METAINFO, **cls.METAINFO, **(metainfo or {})}
        if 'classes' in merged:
            merged['classes'] = class_list(merged['classes'], 'classes')
            if not merged['classes']:
                raise InputError('names no action', file='classes', remedy='name one or more')
        return merged

    @property
    def metainfo(self) -> dict[str, Any]:
        """Facts about the data set, such as its name and classes."""
        return copy.deepcopy(self._metainfo)

    def __len__(self) -> int:
        """Number of videos."""
        self.full_init()
        return len(self.data_list)

    # A subclass may override this method and the next.
    def build_store(self) -> FeatureStore:
        """Build the feature store from its config."""
        folder = dict(root=self.data_root, subset=self.subsets)
        return build_store(self._store_config, folder, self._cache_config)

    def read_annotations(self) -> AnnotationSet | None:
        """All subsets of the annotations; None: there are none.

        Raises:
            InputError: they are required and missing, or damaged.
        """
        if not self.ann_file or (not self.require_annotations and not os.path.exists(self.ann_file)):
            return None
        if not os.path.exists(self.ann_file):
            raise missing_annotations(self.ann_file, self.store, self.modalities)
        reader = ANNOTATION_READERS.build(dict(self._reader_config), default_args=dict(path=self.ann_file))
        annotations: AnnotationSet = reader.read()
        for note in annotations.notes:
            log_warning(f'{self.ann_file}: {note}')
        return annotations

    # The list of videos.

    def load_data_list(self) -> list[dict[str, Any]]:
        """Records and timings of the subset, in the order of the file, or by name if there is no file."""
        self.store = self.build_store()
        self._metainfo.setdefault('dataset_name', os.path.basename(os.path.abspath(self.data_root)))
        annotations = self.read_annotations()
        if annotations is None:
            self._metainfo.pop('classes', None)
            records = [VideoRecord(name) for name in list_videos(self.store, self.modalities, self.exclude)]
        else:
            records = self._select(annotations)
        names = [record.video_name for record in records]
        timings = self.timings.rules(records, self.store, self.modalities[0])
        unknown = [record.video_name for record in records if record.duration is None]
        if self.timings.needs_duration and unknown:
            raise InputError(
                f"timing mode='duration' needs the duration of every video, but {len(unknown)} have none, "
                f'such as {unknown[0]!r}',
                file=self._source,
                remedy='annotate it, or state fps and snippet_stride',
            )
        return [
            dict(video_name=name, record=record, timing=timings[name])
            for name, record in zip(names, records, strict=True)
        ]

    def _select(self, annotations: AnnotationSet) -> list[VideoRecord]:
        """Records of the subset, checked."""
        records = annotations.select(self.subsets, self.exclude, self._source)
        classes = self._metainfo.get('classes', annotations.class_names())
        for record in records:
            self.rules.check(record, classes, self._source)
        seen = {label for record in records for label in record.labels}
        self._annotated = bool(seen)
        if classes is not None:
            self._metainfo['classes'] = classes
            empty = [name for name in classes if name not in seen]
            if self._annotated and empty and not self.test_mode and not self.allow_empty_classes:
                raise InputError(
                    f'no training video has class {empty[0]!r} ({len(empty)} of {len(classes)} classes are empty)',
                    file=self._source,
                    remedy='correct classes or the subset, or set allow_empty_classes=True',
                )
        return records

    def full_init(self) -> None:
        """Read the annotations and find the videos, once."""
        if not self._fully_initialized:
            self.data_list = self.load_data_list()
            self._fully_initialized = True
            self._connect()

    def _connect(self) -> None:
        """Find features by the index of a video."""
        self._video_names = tuple(info['video_name'] for info in self.data_list)
        self._streams = AlignedStreams(
            self.store, self._video_names, self.modalities, self.stated_dims, self.length_tolerance
        )

    @property
    def _source(self) -> str:
        """The name of the annotations in messages."""
        return self.ann_file or self.data_root or type(self).__name__

    # What is known about a video.

    @property
    def video_names(self) -> tuple[str, ...]:
        """Names, in the order of the indices."""
        self.full_init()
        return self._video_names

    @property
    def feature_dims(self) -> dict[str, int]:
        """Width D of each modality."""
        self.full_init()
        return self._streams.feature_dims

    def num_snippets(self, index: int) -> int:
        """T of a video."""
        self.full_init()
        return self._streams.num_snippets(index)

    def timing(self, index: int) -> SnippetTiming:
        """Where the snippets of a video are in time."""
        num_snippets, info = self.num_snippets(index), self.data_list[index]
        rule: TimingRule = info['timing']
        return rule.timing(num_snippets, info['record'].duration)

    def load_features(self, index: int) -> dict[str, Features]:
        """Every modality of a whole video, (T, D) each, of one length, finite."""
        self.full_init()
        return self._streams.load(index)

    def record(self, index: int) -> VideoRecord | None:
        """The annotations of a video, as annotated; None where the subset is not annotated."""
        self.full_init()
        record: VideoRecord = self.data_list[index]['record']
        if self._annotated and record.duration is None and len(record.segments):
            timing = self.timing(index)
            self.rules.check_end(record, timing.duration or 0.0, timing.snippet_duration, self._source)
        return record if self._annotated else None

    def action_counts(self) -> NDArray[np.int64] | None:
        """How many instances of each action a video has, (N, num_actions); None where the subset is not annotated."""
        self.full_init()
        if not self._annotated:
            return None
        labels = {name: label for label, name in enumerate(self._metainfo['classes'])}
        counts = np.zeros((len(self), len(labels)), dtype=np.int64)
        for row, info in zip(counts, self.data_list, strict=True):
            np.add.at(row, [labels[name] for name in info['record'].labels], 1)
        return counts

    def check_files(self) -> None:
        """Check the header of every file, and that the annotations fit the lengths.

        Raises:
            MissingFeaturesError: files are missing.
            InputError: a file is damaged or has another width, streams differ in length, or an annotation lies past the
                end of its video.
        """
        self.full_init()
        self._streams.check_headers()
        for index in range(len(self)):
            self.record(index)

    def check_finite(self) -> None:
        """Read every file whole, which fills a cache.

        Raises:
            InputError: as :meth:`check_files`, or a value is NaN or infinite.
        """
        self.full_init()
        self._streams.check_values()
