"""Cluster the training videos at the start of a round and distribute their pseudo-labels (Sec. 3.3)."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import torch
from mmengine.dist import broadcast_object_list, is_main_process
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from numpy.typing import NDArray
from torch import Tensor

from mmacl.clustering import BaseClusterer, SelfPacedSelection, VideoPooling, map_clusters, stability
from mmacl.engine.represent import represent_videos
from mmacl.engine.round_tables import describe_empty_clusters
from mmacl.evaluation.functional import chance_metrics, check_multi_label, clustering_metrics
from mmacl.models import BaseLocalizer
from mmacl.registry import CLUSTERERS, HOOKS
from mmacl.structures import ClusterMapping, PseudoLabels
from mmacl.utils import InputError, accepted_arguments, derive_seed

# Arguments of map_clusters that the hook does not set itself.
_MAPPING_OPTIONS = tuple(inspect.signature(map_clusters).parameters)[3:]
_SELECTION_OPTIONS = tuple(inspect.signature(SelfPacedSelection).parameters)
_POOLING_OPTIONS = tuple(inspect.signature(VideoPooling).parameters)


def bare_model(runner: Any) -> BaseLocalizer:
    """Return the runner's model without its distributed wrapper."""
    model: BaseLocalizer = runner.model.module if is_model_wrapper(runner.model) else runner.model
    return model


@HOOKS.register_module()
class ClusteringHook(Hook):
    """Turn the attention of the last round into representations, clusters, pseudo-labels, a mapping and metrics.

    The ground truth of the training videos is used for the metrics and for the cluster -> action mapping of Sec. 4.2.
    Neither reaches the losses. A clusterer that declares ``uses_annotations`` (:class:`AnnotatedLabels`, weak
    supervision) gets it as well.

    The labels are in one table in the main process and are attached to each batch as it arrives, so that no worker
    keeps old ones. The checkpoint holds labels, selected videos, mapping and metrics as plain values.

    Args:
        clusterer: config of a component of ``CLUSTERERS``.
        mapping: keyword arguments of :func:`map_clusters`, such as ``dict(rule='hungarian')``.
        multi_label: how a video of several actions counts in the metrics: ``'primary'``, ``'any'`` or
            ``'exclude'``, see :func:`clustering_metrics`.
        selection: keyword arguments of :class:`SelfPacedSelection`, which chooses the videos that train in a round, by
            the distances of the clusterer; the batch sampler draws no others. Mapping and metrics are of all videos.
            None: all videos train.
        pooling: keyword arguments of :class:`VideoPooling`, such as ``dict(centred=True)``, another way to represent a
            video than the method's own. None: the method's own, which is the paper's by default.

    When the videos are clustered, ``after_clustering(runner, round, metrics, labels, representations)`` is called on
    every hook that has it, with those of the arguments that it takes. ``labels`` are the :class:`PseudoLabels`;
    ``representations`` is (N, D), or None where the clusterer used none.
    """

    priority = 'HIGH'

    def __init__(
        self,
        clusterer: dict[str, Any],
        mapping: dict[str, Any] | None = None,
        multi_label: str = 'primary',
        selection: dict[str, Any] | None = None,
        pooling: dict[str, Any] | None = None,
    ) -> None:
        check_multi_label(multi_label)
        self.clusterer: BaseClusterer = CLUSTERERS.build(clusterer)
        self.mapping_options = dict(mapping or {})
        _check_keys('mapping', self.mapping_options, _MAPPING_OPTIONS)
        self.multi_label = multi_label
        _check_keys('selection', selection or {}, _SELECTION_OPTIONS)
        self.selection = None if selection is None else SelfPacedSelection(**selection)
        _check_keys('pooling', pooling or {}, _POOLING_OPTIONS)
        self.pooling = None if pooling is None else VideoPooling(**pooling)
        can_select = self.clusterer.uses_representations and hasattr(self.clusterer, 'distances')
        if self.selection is not None and not can_select:
            raise InputError(
                f'clustering.selection needs distances of videos, which {type(self.clusterer).__name__} has not',
                remedy='set clustering.selection=None, or use another clusterer',
            )
        self._forget()

    def _forget(self) -> None:
        self.pseudo_labels: PseudoLabels | None = None
        self.selected: tuple[str, ...] | None = None
        self.mapping: ClusterMapping | None = None
        self.metrics: dict[str, float] = {}
        self._label_of: dict[str, Tensor] = {}

    def before_train(self, runner: Any) -> None:
        """Keep the state of a resumed checkpoint; start a new run without labels."""
        if runner.epoch == 0:
            self._forget()
        else:
            self._publish(runner)

    def before_train_round(self, runner: Any, round: int) -> None:
        """Cluster, map, measure, publish."""
        dataset = runner.train_dataloader.dataset
        model = bare_model(runner)
        representations = None
        if self.clusterer.uses_representations:
            representations = represent_videos(
                model, dataset, round == 1, self.pooling, self._rate(runner, round, model.num_clusters)
            )
        action_counts = dataset.action_counts()
        # One process clusters: another could differ in the last bit of a linear algebra routine.
        shared: list[Any] = [None]
        if is_main_process():
            shared[0] = self._try_to_cluster(runner, round, model.num_clusters, representations, action_counts)
        broadcast_object_list(shared)
        if isinstance(shared[0], Exception):
            raise shared[0]
        labels: PseudoLabels
        labels, self.selected = shared[0]
        self.pseudo_labels = labels

        memberships = labels.aligned_to(dataset.video_names)
        if action_counts is None:
            self.mapping, self.metrics = ClusterMapping.anonymous(labels.num_clusters), {}
        else:
            classes = tuple(dataset.metainfo['classes'])
            if self.clusterer.uses_annotations:
                self.mapping = ClusterMapping.identity(classes)
            else:
                self.mapping = map_clusters(memberships, action_counts, classes, **self.mapping_options)
            # Labels from annotations are no clustering, and would be measured as a perfect one.
            measured = not self.clusterer.uses_annotations
            self.metrics = self._measure(memberships, action_counts) if measured else {}
        self._publish(runner)
        sizes = memberships.sum(axis=0)
        if self.pooling is not None and self.pooling.ratings:
            ratings = ' '.join(f'{rating:.3f}' for rating in self.pooling.ratings)
            runner.logger.info(
                f'Round {round}: weights {self.pooling.chosen + 1} of {len(self.pooling.ratings)} are taken; stability '
                f'of the clusters with each: {ratings}'
            )
        in_some = int(memberships.any(axis=1).sum())
        others = '' if in_some == len(memberships) else f'; {len(memberships) - in_some} in none, which do not train'
        runner.logger.info(
            f'Round {round}: {in_some} videos in {len(sizes)} clusters of {sizes.min()} to {sizes.max()}{others}, by '
            f'{type(self.clusterer).__name__}; a video of several classes counts by {self.multi_label!r}'
        )
        if self.selected is not None:
            runner.logger.info(
                f'Round {round}: {len(self.selected)} of {len(memberships)} videos train, the surest of each cluster'
            )
        if labels.empty_clusters:
            runner.logger.warning(f'Round {round}: {describe_empty_clusters(labels.empty_clusters)}')
        _call_hooks(runner, round=round, metrics=self.metrics, labels=labels, representations=representations)
        # After the hooks, which move the tables of an earlier run aside.
        if is_main_process():
            labels.save(f'{runner.work_dir}/clusters/round_{round}.json', self.selected)

    def before_train_iter(self, runner: Any, batch_idx: int, data_batch: Any = None) -> None:
        """Attach its row of the table to each video."""
        for sample in data_batch['data_samples']:
            sample.pseudo_label = self._label_of[sample.video_name]

    def before_val(self, runner: Any) -> None:
        """Refuse to score the actions of one data set against those of another."""
        self._check_classes(runner.val_dataloader.dataset)

    def before_test(self, runner: Any) -> None:
        """Refuse to score the actions of one data set against those of another."""
        self._check_classes(runner.test_dataloader.dataset)

    def before_save_checkpoint(self, runner: Any, checkpoint: dict[str, Any]) -> None:
        """Store labels, selected videos, mapping and metrics as plain lists, strings and numbers."""
        if self.pseudo_labels is None or self.mapping is None:
            return
        checkpoint['clustering'] = {
            'labels': self.pseudo_labels.state_dict(),
            'selected': None if self.selected is None else list(self.selected),
            'mapping': self.mapping.state_dict(),
            'metrics': dict(self.metrics),
        }

    def after_load_checkpoint(self, runner: Any, checkpoint: dict[str, Any]) -> None:
        """Restore labels, selected videos, mapping and metrics, and give the model its mapping."""
        state = checkpoint.get('clustering')
        if state is None:
            self._forget()
            return
        try:
            self.pseudo_labels = PseudoLabels.from_state_dict(state['labels'])
            selected = state.get('selected')  # earlier releases store none
            self.selected = None if selected is None else tuple(selected)
            self.mapping = ClusterMapping.from_state_dict(state['mapping'])
            self.metrics = dict(state['metrics'])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                f'the clusters in the checkpoint cannot be read ({error})', remedy='use one that tools/train.py wrote'
            ) from error
        bare_model(runner).cluster_mapping = self.mapping

    def _try_to_cluster(
        self, runner: Any, round_: int, num_clusters: int, representations: Any, action_counts: Any
    ) -> tuple[PseudoLabels, tuple[str, ...] | None] | Exception:
        """Return labels and selected videos, or the error as a value: every process can raise it instead of waiting."""
        try:
            labels = self.clusterer(
                runner.train_dataloader.dataset.video_names,
                num_clusters,
                derive_seed(runner.seed, round_),
                representations=representations,
                action_counts=action_counts if self.clusterer.uses_annotations else None,
            )
            if labels.num_clusters != num_clusters:
                raise InputError(
                    f'{type(self.clusterer).__name__} gives {labels.num_clusters} clusters, but '
                    f'model.num_clusters is {num_clusters}',
                    remedy=f'set model.num_clusters={labels.num_clusters}',
                )
            selected = self._select(runner.train_dataloader.dataset.video_names, labels, representations, round_)
        except Exception as error:  # the caller raises it in all processes
            if isinstance(error, InputError):
                error.file = error.file or str(runner.cfg.filename)
            return error
        return labels, selected

    def _rate(self, runner: Any, round_: int, num_clusters: int) -> Callable[[NDArray[np.float64]], float]:
        """Return what chooses among candidates of the pooling: how stable the clusters are."""
        seed = derive_seed(runner.seed, round_, 1)
        return lambda rows: stability(self.clusterer, rows, num_clusters, seed, num_runs=10)

    def _select(
        self, names: tuple[str, ...], labels: PseudoLabels, representations: Any, round_: int
    ) -> tuple[str, ...] | None:
        """Return the videos that train; None: all."""
        if self.selection is None:
            return None
        chosen = self.selection(labels.aligned_to(names), self.clusterer.distances(representations), round_)
        return tuple(name for name, trains in zip(names, chosen.tolist(), strict=True) if trains)

    def _measure(self, memberships: NDArray[np.bool_], action_counts: NDArray[np.int64]) -> dict[str, float]:
        """Return ``purity``, ... and the same by chance, ``chance/purity``, ..."""
        chance = chance_metrics(memberships, action_counts, self.multi_label)
        return clustering_metrics(memberships, action_counts, self.multi_label) | {
            f'chance/{name}': value for name, value in chance.items()
        }

    def _publish(self, runner: Any) -> None:
        """Pass the labels to batches and sampler, and the mapping to the model."""
        if self.pseudo_labels is None:
            raise InputError(
                'the checkpoint holds no labels, so training cannot go on from it', remedy='train without --resume'
            )
        table = torch.from_numpy(self.pseudo_labels.memberships).float()
        self._label_of = dict(zip(self.pseudo_labels.video_names, table, strict=True))
        # A stock sampler draws videos without looking at their labels.
        sampler = runner.train_dataloader.batch_sampler
        if hasattr(sampler, 'set_labels'):
            sampler.set_labels(self.pseudo_labels.only(self.selected))
        elif self.selected is not None:
            raise InputError(
                f'clustering.selection leaves videos out, but {type(sampler).__name__} draws all of them',
                remedy="set train_dataloader.batch_sampler.type='UniformBatchSampler' or 'ClusterBatchSampler'",
            )
        bare_model(runner).cluster_mapping = self.mapping

    def _check_classes(self, dataset: Any) -> None:
        classes = dataset.metainfo.get('classes')
        if classes is None or (self.mapping is not None and tuple(classes) == self.mapping.class_names):
            return
        if self.mapping is None:
            raise InputError(
                'the checkpoint holds no cluster -> action mapping, so its clusters cannot be scored as actions',
                remedy='use a checkpoint of tools/train.py',
            )
        theirs = [name for name in self.mapping.class_names if name not in classes]
        raise InputError(
            f'the clusters are mapped to {len(self.mapping.class_names)} actions and the data set has '
            f'{len(classes)} other classes (for example {(theirs or list(classes))[0]!r})',
            remedy='test with the classes of the training',
        )


def _check_keys(option: str, given: Collection[str], known: Collection[str]) -> None:
    """Refuse a keyword argument that is not known."""
    for key in given:
        if key not in known:
            raise InputError(f'clustering.{option} takes no {key!r}', remedy=f'it takes {", ".join(known)}')


def _call_hooks(runner: Any, **arguments: Any) -> None:
    """Call ``after_clustering`` of every hook in order, with the arguments that it takes."""
    for hook in runner.hooks:
        method = getattr(hook, 'after_clustering', None)
        if method is not None:
            method(runner, **accepted_arguments(method, **arguments))
