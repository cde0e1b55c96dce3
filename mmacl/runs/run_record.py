"""Read the record of a training, for pictures, reports and tables."""

from __future__ import annotations

from functools import cached_property, lru_cache
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.annotations import ActivityNetAnnotations, AnnotationSet, VideoRecord, check_video_name
from mmacl.datasets.stores.npy_file import read_npy_features
from mmacl.runs.scalar_log import read_losses, read_round_ends, read_round_rows
from mmacl.structures import AttentionCurve, PseudoLabels
from mmacl.structures.attention_curve import load_curves
from mmacl.utils import InputError
from mmacl.utils.small_text import read_small_text
from mmacl.utils.strict_json import read_strict_json

# Samples bring torch; reading figures, labels and logs does not need it.
if TYPE_CHECKING:
    from mmengine.structures import InstanceData

    from mmacl.structures import ActionDataSample

FACTS = ('mmacl', 'config', 'seed', 'data_set', 'simulated', 'classes', 'selection', 'processes', 'environment')
"""Keys that ``run.json`` of every record has."""

# A record of a million segments takes about 120 MB.
_MAX_BYTES = 500 * 2**20


class RunRecord:
    """Read the work_dir of a training: its logs, and what :class:`~mmacl.engine.RoundRecordHook` wrote.

    Neither the features nor the model are needed. Everything is read on demand.

    Args:
        work_dir: the ``--work-dir`` of a training, with at least one finished round.

    Attributes:
        work_dir: the same as a path.
        info: config, seed, data set, protocol, environment; see :func:`~mmacl.engine.run_facts.run_facts`.
        rows: figures of each finished round: ``round``, ``cluster/*``, ``tal/*`` as fractions.

    Raises:
        InputError: there is no record, it has another form, or no round is finished.
    """

    def __init__(self, work_dir: str | PathLike[str]) -> None:
        self.work_dir = Path(work_dir)
        self.folder = self.work_dir / 'records'
        if not self.work_dir.is_dir():
            raise InputError('no such folder', file=self.work_dir, remedy='give the work_dir of a training')
        if not (self.folder / 'run.json').is_file():
            raise InputError(
                'holds no records/run.json, which a training writes when its first round is done',
                file=self.work_dir,
                remedy='is it the work_dir of a training, and does its config have default_hooks.record?',
            )
        self.info: dict[str, Any] = read_strict_json(self.folder / 'run.json', 'the record of a training')
        missing = [name for name in FACTS if name not in self.info] if isinstance(self.info, dict) else FACTS
        if missing:
            raise InputError(
                f'does not say {", ".join(missing)}',
                file=self.folder / 'run.json',
                remedy='name a folder that a training wrote',
            )
        self.rows = [row for row in read_round_rows(self.work_dir) if (self.folder / f'round_{row["round"]}').is_dir()]

    @property
    def rounds(self) -> tuple[int, ...]:
        """Numbers of the finished rounds, from 1."""
        return tuple(row['round'] for row in self.rows)

    @property
    def simulated(self) -> bool:
        """Whether the videos are simulated."""
        return bool(self.info['simulated'])

    @property
    def classes(self) -> tuple[str, ...] | None:
        """Names of the actions in label order; None where there are no annotations."""
        return None if self.info['classes'] is None else tuple(self.info['classes'])

    def losses(self) -> dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]:
        """Steps and values of every logged loss, see :func:`~mmacl.runs.scalar_log.read_losses`."""
        return read_losses(self.work_dir)

    def round_ends(self) -> tuple[int, ...]:
        """The last logged step of each finished round; () where rounds logged no step."""
        return read_round_ends(self.work_dir, self.rounds)

    def config(self, round_: int | None = None) -> str | None:
        """The composed config that a round ended under, as Python.

        Args:
            round_: None: the last one.

        Returns:
            For a record without configs of rounds, the one in the work_dir; None where there is none either.
        """
        places = [self.work_dir / Path(f'{self.info["config"]}.py').name]
        if self.rounds:
            places.insert(0, self._of_round(self.rounds[-1] if round_ is None else round_) / 'config.py')
        found = next((path for path in places if path.is_file()), None)
        return None if found is None else read_small_text(found, 'a config')

    def labels(self, round_: int) -> PseudoLabels:
        """Pseudo-labels of the training videos in a round."""
        return PseudoLabels.load(self.work_dir / 'clusters' / f'round_{round_}.json')

    def representations(self, round_: int) -> NDArray[np.floating[Any]] | None:
        """Representations that the videos of :meth:`labels` were clustered by, (N, D); None if there are none."""
        path = self._of_round(round_) / 'representations.npy'
        return read_npy_features(str(path)) if path.is_file() else None

    def detections(self, round_: int) -> dict[str, list[dict[str, Any]]]:
        """Detections of the validation videos after a round, by name: ``label, score, segment, cluster``."""
        results: dict[str, list[dict[str, Any]]] = self._detections(round_)['results']
        return results

    def best_of_each(self, round_: int) -> int | None:
        """How many detections of a video were recorded at most; None: all were."""
        external = self._detections(round_).get('external_data')
        return external.get('best_of_each') if isinstance(external, dict) else None

    @lru_cache(maxsize=8)  # noqa: B019 - a record lives as long as the program that draws it
    def _detections(self, round_: int) -> dict[str, Any]:
        """The file of detections of a round."""
        path = self._of_round(round_) / 'detections.json'
        if not path.is_file() and not path.with_name('attention.npz').is_file():
            return {'results': {}}  # there was no validation
        content = read_strict_json(path, 'detections of a round', _MAX_BYTES)
        if not isinstance(content, dict) or not isinstance(content.get('results'), dict):
            raise InputError('holds no object "results"', file=path, remedy='expected the detections of a round')
        return content

    @lru_cache(maxsize=8)  # noqa: B019
    def attention(self, round_: int) -> dict[str, AttentionCurve]:
        """Both attentions of the validation videos after a round, by name; the names are safe as file names."""
        path = self._of_round(round_) / 'attention.npz'
        validated = path.is_file() or path.with_name('detections.json').is_file()
        curves = load_curves(path) if validated else {}
        for name in curves:
            check_video_name(name, str(path))
        return curves

    @cached_property
    def ground_truth(self) -> AnnotationSet | None:
        """Annotations of training and validation videos; None if there are none."""
        path = self.folder / 'ground_truth.json'
        return ActivityNetAnnotations(path).read() if path.is_file() else None

    @cached_property
    def truth_of(self) -> dict[str, VideoRecord]:
        """Annotations by name of the video."""
        return {} if self.ground_truth is None else {r.video_name: r for r in self.ground_truth.records}

    def action_counts(self, video_names: tuple[str, ...]) -> NDArray[np.int64] | None:
        """Count the instances of each action in some videos, (N, num_actions); None without annotations."""
        if self.ground_truth is None or self.classes is None:
            return None
        label_of = {name: label for label, name in enumerate(self.classes)}
        counts = np.zeros((len(video_names), len(label_of)), dtype=np.int64)
        for row, name in zip(counts, video_names, strict=True):
            if name in self.truth_of:
                np.add.at(row, [label_of[label] for label in self.truth_of[name].labels], 1)
        return counts

    def sample(self, video: str, round_: int) -> ActionDataSample:
        """Return a video with the results of a round, in the form of :func:`~mmacl.visualization.draw_timeline`.

        Raises:
            InputError: the video is not one of the validation.
        """
        from mmengine.structures import InstanceData

        from mmacl.structures import ActionDataSample

        curve = self.attention(round_).get(video)
        if curve is None:
            raise InputError(
                f'holds no video {video!r}', file=self._of_round(round_), remedy='name one of the validation videos'
            )
        sample = ActionDataSample(
            metainfo={
                'video_name': video,
                'duration': curve.duration,
                'num_snippets': len(curve.class_specific),
                'snippet_duration': curve.snippet_duration,
                'offset': curve.offset,
                'simulated': self.simulated,
            }
        )
        sample.pred_instances = self.instances(video, round_)
        sample.attention_curve = curve
        if (truth := self.truth_of.get(video)) is not None:
            labels = [self._label(name) for name in truth.labels]
            sample.gt_instances = InstanceData(segments=truth.inside()[0], labels=np.array(labels, dtype=np.int64))
        return sample

    def instances(self, video: str, round_: int) -> InstanceData:
        """Return the detections of a video after a round as arrays, best first."""
        from mmengine.structures import InstanceData

        found = self.detections(round_).get(video, [])
        return InstanceData(
            segments=np.array([row['segment'] for row in found], dtype=np.float64).reshape(-1, 2),
            labels=np.array([self._label(row['label']) for row in found], dtype=np.int64),
            scores=np.array([row['score'] for row in found], dtype=np.float64),
            clusters=np.array([row['cluster'] for row in found], dtype=np.int64),
        )

    @cached_property
    def _labels(self) -> dict[str, int]:
        return {name: label for label, name in enumerate(self.classes or ())}

    def _label(self, name: str) -> int:
        """Return the label of an action, or the number of an anonymous cluster."""
        if name in self._labels:
            return self._labels[name]
        return int(name.removeprefix('cluster_'))

    def _of_round(self, round_: int) -> Path:
        if round_ not in self.rounds:
            raise InputError(f'round {round_} is not finished', file=self.work_dir, remedy=f'finished: {self.rounds}')
        return self.folder / f'round_{round_}'
