"""Clusters the training videos at the start of a round and hands out their pseudo-labels (Sec. 3.3)."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import torch
from mmengine.dist import broadcast_object_list, is_main_process
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from numpy.typing import NDArray
from torch import Tensor

from mmacl.clustering import BaseClusterer, map_clusters
from mmacl.engine.represent import represent_videos
from mmacl.engine.round_tables import describe_empty_clusters
from mmacl.evaluation.functional import chance_metrics, check_multi_label, clustering_metrics
from mmacl.models import BaseLocalizer
from mmacl.registry import CLUSTERERS, HOOKS
from mmacl.structures import ClusterMapping, PseudoLabels
from mmacl.utils import InputError, derive_seed

# Of map_clusters, less what the hook fills in.
_MAPPING_OPTIONS = tuple(inspect.signature(map_clusters).parameters)[3:]


def bare_model(runner: Any) -> BaseLocalizer:
    """The runner's model without its distributed wrapper."""
    model: BaseLocalizer = runner.model.module if is_model_wrapper(runner.model) else runner.model
    return model


@HOOKS.register_module()
class ClusteringHook(Hook):
    """Attention of the last round -> representations -> clusterer -> pseudo-labels, mapping and the round's metrics.

    Ground truth of the training videos is read here for two things only, neither of which reaches the losses: the
    metrics, and the cluster -> action mapping of Sec. 4.2. A clusterer that declares ``uses_annotations``
    (:class:`AnnotatedLabels`, weak supervision) is given it as well.

    The labels live in this one table in the main process and are attached to each batch as it arrives, so no worker can
    hold stale ones. Labels, mapping and metrics travel in the checkpoint as plain values.

    Args:
        clusterer: config of a component of ``CLUSTERERS``.
        mapping: keyword arguments of :func:`map_clusters`, such as ``dict(rule='hungarian')``.
        multi_label: with which class a video of several actions counts in the metrics: ``'primary'``, ``'any'`` or
            ``'exclude'``, see :func:`clustering_metrics`.

    When the videos are clustered, ``after_clustering(runner, round, metrics, labels, representations)`` is called on
    every hook that has it, with those of the arguments that it takes. ``labels`` are the :class:`PseudoLabels`;
    ``representations`` is (N, D), or None where the clusterer used none.
    """

    priority = 'HIGH'

    def __init__(
        self, clusterer: dict[str, Any], mapping: dict[str, Any] | None = None, multi_label: str = 'primary'
    ) -> None:
        check_multi_label(multi_label)
        self.clusterer: BaseClusterer = CLUSTERERS.build(clusterer)
        self.mapping_options = dict(mapping or {})
        for key in self.mapping_options:
            if key not in _MAPPING_OPTIONS:
                raise InputError(
                    f'clustering.mapping takes no {key!r}', remedy=f'it takes {", ".join(_MAPPING_OPTIONS)}'
                )
        self.multi_label = multi_label
        self._forget()

    def _forget(self) -> None:
        self.pseudo_labels: PseudoLabels | None = None
        self.mapping: ClusterMapping | None = None
        self.metrics: dict[str, float] = {}
        self._label_of: dict[str, Tensor] = {}

    def before_train(self, runner: Any) -> None:
        """Keep what a resumed checkpoint brought; a run that starts at the beginning starts without labels."""
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
            representations = represent_videos(model, dataset, uniform=round == 1)
        action_counts = dataset.action_counts()
        # One process clusters; a second one could differ in the last bit of a linear algebra routine.
        shared: list[Any] = [None]
        if is_main_process():
            shared[0] = self._try_to_cluster(runner, round, model.num_clusters, representations, action_counts)
        broadcast_object_list(shared)
        if isinstance(shared[0], Exception):
            raise shared[0]
        labels: PseudoLabels = shared[0]
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
            # Labels that are the annotations are no clustering, and would be measured as a perfect one.
            measured = not self.clusterer.uses_annotations
            self.metrics = self._measure(memberships, action_counts) if measured else {}
        self._publish(runner)
        sizes = memberships.sum(axis=0)
        runner.logger.info(
            f'Round {round}: {len(memberships)} videos in {len(sizes)} clusters of {sizes.min()} to {sizes.max()}, by '
            f'{type(self.clusterer).__name__}; a video of several classes counts by {self.multi_label!r}'
        )
        if labels.empty_clusters:
            runner.logger.warning(f'Round {round}: {describe_empty_clusters(labels.empty_clusters)}')
        _call_hooks(runner, round=round, metrics=self.metrics, labels=labels, representations=representations)
        # Last: the hooks have moved an earlier run's tables out of the way.
        if is_main_process():
            labels.save(f'{runner.work_dir}/clusters/round_{round}.json')

    def before_train_iter(self, runner: Any, batch_idx: int, data_batch: Any = None) -> None:
        """Attach each video's row of the table."""
        for sample in data_batch['data_samples']:
            sample.pseudo_label = self._label_of[sample.video_name]

    def before_val(self, runner: Any) -> None:
        """Refuse to score actions against other actions."""
        self._check_classes(runner.val_dataloader.dataset)

    def before_test(self, runner: Any) -> None:
        """Refuse to score actions against other actions."""
        self._check_classes(runner.test_dataloader.dataset)

    def before_save_checkpoint(self, runner: Any, checkpoint: dict[str, Any]) -> None:
        """Store labels, mapping and metrics as plain lists, strings and numbers."""
        if self.pseudo_labels is None or self.mapping is None:
            return
        checkpoint['clustering'] = {
            'labels': self.pseudo_labels.state_dict(),
            'mapping': self.mapping.state_dict(),
            'metrics': dict(self.metrics),
        }

    def after_load_checkpoint(self, runner: Any, checkpoint: dict[str, Any]) -> None:
        """Take labels, mapping and metrics back, and give the model its mapping."""
        state = checkpoint.get('clustering')
        if state is None:
            self._forget()
            return
        try:
            self.pseudo_labels = PseudoLabels.from_state_dict(state['labels'])
            self.mapping = ClusterMapping.from_state_dict(state['mapping'])
            self.metrics = dict(state['metrics'])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                f'the clusters in the checkpoint cannot be read ({error})', remedy='use one that tools/train.py wrote'
            ) from error
        bare_model(runner).cluster_mapping = self.mapping

    def _try_to_cluster(
        self, runner: Any, round_: int, num_clusters: int, representations: Any, action_counts: Any
    ) -> PseudoLabels | Exception:
        """The labels; or what went wrong as a value, so that every process can raise it instead of waiting."""
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
        except InputError as error:
            return InputError(str(error), file=runner.cfg.filename)
        except Exception as error:  # raised by all processes, by the caller
            return error
        return labels

    def _measure(self, memberships: NDArray[np.bool_], action_counts: NDArray[np.int64]) -> dict[str, float]:
        """``purity``, ..., and by chance ``chance/purity``, ..."""
        chance = chance_metrics(memberships, action_counts, self.multi_label)
        return clustering_metrics(memberships, action_counts, self.multi_label) | {
            f'chance/{name}': value for name, value in chance.items()
        }

    def _publish(self, runner: Any) -> None:
        """Give the table to the batches, to the sampler and to the model what each needs of it."""
        if self.pseudo_labels is None:
            raise InputError(
                'the checkpoint holds no labels, so training cannot go on from it', remedy='train without --resume'
            )
        table = torch.from_numpy(self.pseudo_labels.memberships).float()
        self._label_of = dict(zip(self.pseudo_labels.video_names, table, strict=True))
        # A uniform sampler draws videos without looking at their labels.
        set_labels = getattr(runner.train_dataloader.batch_sampler, 'set_labels', None)
        if set_labels is not None:
            set_labels(self.pseudo_labels)
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
            f'{len(classes)} classes that differ (for one, {(theirs or list(classes))[0]!r})',
            remedy='test with the classes trained with',
        )


def _call_hooks(runner: Any, **arguments: Any) -> None:
    """Call ``after_clustering`` of every hook in order, with the arguments that it takes."""
    for hook in runner.hooks:
        method = getattr(hook, 'after_clustering', None)
        if method is not None:
            parameters = inspect.signature(method).parameters
            takes_all = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
            method(runner, **{name: value for name, value in arguments.items() if takes_all or name in parameters})
