"""The contract of a localizer: what a method implements, and what all methods share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, NamedTuple, final

import torch
from mmengine.model import BaseModel, ModuleDict
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmacl.models.checks import check_choice, check_positive
from mmacl.models.host_copy import lengths_of
from mmacl.models.localizers.graphed_loss import GraphedLoss
from mmacl.models.localizers.loss_inputs import VideoTargets
from mmacl.models.pooling import masked_softmax, represent_on_device
from mmacl.models.precision import widened
from mmacl.registry import MODELS, POST_PROCESSORS
from mmacl.structures import (
    ActionDataSample,
    ClusterMapping,
    ScoredVideo,
    SnippetPrediction,
    SnippetTiming,
    video_representation,
)
from mmacl.utils import InputError, accepted_arguments

_MODES = ('loss', 'predict', 'tensor')
_LOCALIZE = ('localize_videos', '__call__')
#: :class:`ActionPostProcessor`, or another with its call; it need not take actionness and proposals.
PostProcessor = Callable[..., InstanceData]


class TrainingProgress(NamedTuple):
    """How far a training has come, for losses that change with it.

    Attributes:
        round: number of the round, from 1.
        step: step of the round, from 0.
        num_steps: steps of a round.
    """

    round: int = 1
    step: int = 0
    num_steps: int = 1


class BaseLocalizer(BaseModel, ABC):
    """A method that localizes actions from snippet features.

    A subclass implements :meth:`loss` and :meth:`predict`. Values at padding must not change a result.

    Args:
        in_channels: D of each modality; names are free, and their order is that of the features.
        num_clusters: C.
        post_processor: see :class:`ActionPostProcessor`; None: predictions hold scores of snippets and videos only.
        data_preprocessor: None: :class:`SnippetDataPreprocessor`.
        init_cfg: see :class:`mmengine.model.BaseModule`.

    Attributes:
        training_only: keys below ``model``, dotted, that do not change what trained weights compute. A checkpoint is
            tested with any values of them.
        replayable: whether :meth:`loss` depends on its arguments and the weights alone, not on ``progress`` or other
            numbers of the host, and reads nothing back: then :class:`GraphedLoss` may compute it.
        graphed_loss: how to compute the loss in training; the engine sets it. None: by :meth:`loss`.
        progress: the round and the step of the loss that is computed; the training loop sets it.
        cluster_mapping: actions of the clusters; the engine sets it. None: each cluster is an action of its own.

    Raises:
        InputError: a modality, a width or a count is wrong, or a component cannot be built.
    """

    training_only: ClassVar[tuple[str, ...]] = ('losses',)
    replayable: ClassVar[bool] = False

    def __init__(
        self,
        in_channels: Mapping[str, int],
        num_clusters: int,
        post_processor: dict[str, Any] | PostProcessor | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        init_cfg: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(MODELS.build(data_preprocessor or {'type': 'SnippetDataPreprocessor'}), init_cfg)
        check_positive(num_clusters=num_clusters)
        _check_modalities(in_channels)
        self.in_channels = dict(in_channels)
        self.num_clusters = num_clusters
        self.post_processor: PostProcessor | None = (
            POST_PROCESSORS.build(post_processor) if isinstance(post_processor, dict) else post_processor
        )
        self.graphed_loss: GraphedLoss | None = None
        self.progress = TrainingProgress()
        self.cluster_mapping: ClusterMapping | None = None

    @abstractmethod
    def loss(self, features: dict[str, Tensor], mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute the terms of the training loss, each 0-d; their names contain ``loss``.

        With several processes, reduce the snippets to one row a video, then gather the rows
        (:func:`~mmacl.models.distributed.gather_rows`) and the labels (:meth:`VideoTargets.gathered`), so that every
        process computes the loss of the whole batch.

        Args:
            features: by modality, (B, T, D), in the order of ``in_channels``.
            mask: (B, T), True for real snippets, which come first.
            targets: labels of the B videos.
        """

    @abstractmethod
    def predict(self, features: dict[str, Tensor], mask: Tensor) -> SnippetPrediction:
        """Score the snippets and the videos. Arguments are those of :meth:`loss`."""

    def snippet_weights(self, features: dict[str, Tensor], mask: Tensor) -> dict[str, Tensor]:
        """Weigh the snippets of each modality for clustering (Sec. 3.3), (B, T), at least 0, and 0 at padding.

        Default: the actionness; for a method without one, the softmax of each class over time, averaged over the
        classes with the scores of the video.
        """
        prediction = self.predict(features, mask)
        if prediction.actionness is not None:
            weights = prediction.actionness.clamp(min=0).masked_fill(~mask, 0)
        else:
            weights = torch.einsum('btc,bc->bt', masked_softmax(prediction.class_map, mask), prediction.video_scores)
        return dict.fromkeys(features, weights)

    def represent(self, features: dict[str, Tensor], mask: Tensor) -> Tensor:
        """Represent each video by one vector for clustering, (B, sum of D), float64.

        Default: ``f_v`` of Sec. 3.3, see :func:`video_representation`, with :meth:`snippet_weights`.
        """
        attention = self.snippet_weights(features, mask)
        if mask.is_cuda:  # features are not copied back
            return represent_on_device(features, attention, mask).cpu()
        weights = {name: widened(w.detach()).cpu() for name, w in attention.items()}
        rows = []
        for i, length in enumerate(lengths_of(mask).tolist()):
            snippets = {name: x[i, :length].detach().cpu().numpy() for name, x in features.items()}
            rows.append(video_representation(snippets, {name: w[i, :length].numpy() for name, w in weights.items()}))
        return torch.stack([torch.from_numpy(row) for row in rows])

    def head_modules(self) -> Iterable[nn.Module]:
        """Modules that ``reinit='heads'`` starts afresh in each round; default: none, and ``'heads'`` is refused."""
        return ()

    def raw_output(self, features: dict[str, Tensor], mask: Tensor) -> Any:
        """Compute what ``mode='tensor'`` returns; default: :meth:`predict`."""
        return self.predict(features, mask)

    @final
    def forward(
        self,
        inputs: Mapping[str, Tensor],
        data_samples: list[ActionDataSample] | None = None,
        mask: Tensor | None = None,
        mode: str = 'tensor',
    ) -> Any:
        """Run the network.

        Args:
            inputs: features by modality, (B, T, D); modalities that ``in_channels`` does not name are ignored.
            data_samples: one for each video. ``'loss'`` reads labels from them, ``'predict'`` writes into them.
            mask: (B, T) bool, True for real snippets, which come first; None: no padding.
            mode: ``'loss'``, ``'predict'`` or ``'tensor'``.

        Returns:
            ``'loss'``: what :meth:`loss` returns, over the videos of all processes. ``'predict'``: the samples.
            ``'tensor'``: what :meth:`raw_output` returns.

        Raises:
            InputError: a modality is missing or its width differs from ``in_channels``, or labels are missing or wrong.
        """
        check_choice('mode', mode, _MODES)
        features = self.select_features(inputs)
        if mask is None:
            first = next(iter(features.values()))
            mask = first.new_ones(first.shape[:2], dtype=torch.bool)
        if mode == 'loss':
            targets = VideoTargets.from_samples(data_samples, self.num_clusters, mask.device)
            replay = self.graphed_loss if self.training and torch.is_grad_enabled() else None
            return (replay or self.loss)(features, mask, targets)
        if mode == 'tensor':
            return self.raw_output(features, mask)
        if not data_samples:
            raise InputError(
                "mode='predict' needs data_samples to write into", remedy="mode='tensor' gives the raw output"
            )
        self._write(data_samples, self.predict(features, mask), lengths_of(mask).tolist())
        return data_samples

    @final
    @torch.no_grad()
    def attend(self, inputs: Mapping[str, Tensor], mask: Tensor) -> dict[str, Tensor]:
        """Return :meth:`snippet_weights` of inputs. Call it in eval mode; arguments are those of :meth:`forward`."""
        return self.snippet_weights(self.select_features(inputs), mask)

    @final
    def select_features(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return the inputs that ``in_channels`` names, in its order.

        Raises:
            InputError: a modality is missing or has another width.
        """
        for name, width in self.in_channels.items():
            if name not in inputs:
                raise InputError(
                    f'modality {name!r} of model.in_channels is not among the features ({", ".join(inputs)})',
                    remedy='load it, or remove it from model.in_channels',
                )
            if inputs[name].shape[-1] != width:
                found = inputs[name].shape[-1]
                raise InputError(
                    f'{name} features are {found} wide, but model.in_channels.{name}={width}',
                    remedy=f'set model.in_channels.{name}={found}',
                )
        return {name: inputs[name] for name in self.in_channels}

    def _write(self, samples: list[ActionDataSample], prediction: SnippetPrediction, lengths: list[int]) -> None:
        """Write scores and segments into the samples, on the CPU."""
        views = {'pred_instances': (prediction.class_map, prediction.video_scores)}
        if len(prediction.streams) > 1:
            views.update({f'{name}_pred_instances': view for name, view in prediction.streams.items()})
        on_cpu = {key: (widened(a).cpu(), widened(p).cpu()) for key, (a, p) in views.items()}
        class_map, video_scores = on_cpu['pred_instances']
        actionness = None if prediction.actionness is None else widened(prediction.actionness).cpu()
        for i, (sample, length) in enumerate(zip(samples, lengths, strict=True)):
            sample.class_specific_attention = class_map[i, :length].clone()  # a view would keep the batch alive
            if actionness is not None:
                sample.class_agnostic_attention = actionness[i, :length].clone()
            sample.video_scores = video_scores[i].clone()
        if self.post_processor is None:
            return
        videos = [
            ScoredVideo(
                [(attention[i, :length], scores[i]) for attention, scores in on_cpu.values()],
                _timing_of(sample),
                None if actionness is None else actionness[i, :length],
                None if prediction.proposals is None else prediction.proposals[i],
            )
            for i, (sample, length) in enumerate(zip(samples, lengths, strict=True))
        ]
        for sample, found in zip(samples, self._localize(self.post_processor, videos), strict=True):
            for key, instances in zip(on_cpu, found, strict=True):
                sample.set_field(instances, key)

    def _localize(self, post_processor: Any, videos: list[ScoredVideo]) -> list[list[InstanceData]]:
        """Find the segments of each view of the videos."""
        mapping = self.cluster_mapping or ClusterMapping.anonymous(self.num_clusters)
        if _handles_videos(post_processor):
            together: list[list[InstanceData]] = post_processor.localize_videos(videos, mapping)
            return together
        known = accepted_arguments(post_processor, actionness=None, proposals=None)
        return [
            [
                post_processor(*view, video.timing, mapping, **{name: getattr(video, name) for name in known})
                for view in video.views
            ]
            for video in videos
        ]


def _handles_videos(post_processor: Any) -> bool:
    """Whether it localizes many videos in one call; not if a subclass has changed the call for one video alone."""
    ancestors = type(post_processor).__mro__
    defining = [next((i for i, a in enumerate(ancestors) if name in vars(a)), -1) for name in _LOCALIZE]
    return 0 <= defining[0] <= defining[1]


def _timing_of(sample: ActionDataSample) -> SnippetTiming:
    """Return when the snippets of a video are."""
    if 'snippet_duration' not in sample:
        raise InputError(
            'no snippet_duration, which places segments in time',
            video=str(sample.get('video_name', '')),
            remedy='set it in the metainfo of the sample, as PackActionInputs does',
        )
    return SnippetTiming(sample.snippet_duration, sample.get('offset', 0.0), sample.get('duration'))


def _check_modalities(in_channels: Mapping[str, int]) -> None:
    """Refuse widths that are not positive, and names that cannot be parts of parameter names."""
    if not in_channels:
        raise InputError(
            'in_channels={} names no modality', remedy='give a width for each, such as dict(rgb=1024, flow=1024)'
        )
    for name, width in in_channels.items():
        check_positive(**{f'in_channels.{name}': width})
        if not name.isidentifier() or hasattr(ModuleDict, name):
            raise InputError(f'in_channels: {name!r} cannot name a modality', remedy='use a plain word, such as rgb')
