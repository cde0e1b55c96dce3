"""The whole network: one stream for each modality, and their late fusion (Sec. 3.2, 4.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from mmengine.model import BaseModel, ModuleDict
from mmengine.structures import InstanceData
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm

from mmacl.models.checks import check_choice, check_positive
from mmacl.models.fusion import check_fusion_weights, fuse_streams
from mmacl.models.localizers.co_attention_stream import StreamOutput
from mmacl.models.localizers.length_groups import LengthGroups
from mmacl.models.localizers.loss_inputs import VideoTargets
from mmacl.models.precision import widened
from mmacl.registry import MODELS, POST_PROCESSORS
from mmacl.structures import ActionDataSample, ClusterMapping, SnippetTiming
from mmacl.utils import InputError

_MODES = ('loss', 'predict', 'tensor')
PostProcessor = Callable[[Tensor, Tensor, SnippetTiming, ClusterMapping], InstanceData]


@MODELS.register_module()
class TwoStreamLocalizer(BaseModel):
    """Train each stream by Eq. (1), and fuse the streams for predictions (Sec. 3.2, 4.2).

    The streams share no parameters, so training them together equals training them apart. Weights start as torch's
    defaults, except where a layer's docstring says otherwise; they depend on torch's generator alone.

    Args:
        in_channels: D of each modality; names are free, and their order is that of the streams.
        num_clusters: C.
        stream: see :class:`CoAttentionStream`; ``in_channels``, ``num_clusters`` and ``attention`` are filled in.
        attention: normalisation of S, see :func:`normalize_attention`.
        fusion_weights: weight of each modality; None: 1 for all.
        length_groups: number of groups of similar length in which a batch is computed; more groups need less padding.
            A batch norm needs 1.
        post_processor: see :class:`ActionPostProcessor`; None: predictions hold attention and scores only.
        data_preprocessor: None: :class:`SnippetDataPreprocessor`.
        init_cfg: see :class:`mmengine.model.BaseModule`.

    Attributes:
        cluster_mapping: actions of the clusters; the engine sets it. None: each cluster is an action of its own.

    Raises:
        InputError: a modality, a width, a count, a weight or a loss is wrong, a layer cannot be built, or a batch norm
            meets ``length_groups`` above 1.
    """

    def __init__(
        self,
        in_channels: Mapping[str, int],
        num_clusters: int,
        stream: dict[str, Any],
        attention: str = 'softmax',
        fusion_weights: Mapping[str, float] | None = None,
        length_groups: int = 4,
        post_processor: dict[str, Any] | PostProcessor | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        init_cfg: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(MODELS.build(data_preprocessor or {'type': 'SnippetDataPreprocessor'}), init_cfg)
        check_positive(num_clusters=num_clusters, length_groups=length_groups)
        _check_modalities(in_channels)
        self.in_channels = dict(in_channels)
        self.num_clusters = num_clusters
        self.length_groups = length_groups
        self.fusion_weights = check_fusion_weights(tuple(in_channels), fusion_weights)
        shared = {'num_clusters': num_clusters, 'attention': attention}
        self.streams = ModuleDict(
            {name: MODELS.build({**stream, **shared, 'in_channels': width}) for name, width in in_channels.items()}
        )
        self._check_length_groups()
        self.post_processor: PostProcessor | None = (
            POST_PROCESSORS.build(post_processor) if isinstance(post_processor, dict) else post_processor
        )
        self.cluster_mapping: ClusterMapping | None = None

    def forward(
        self,
        inputs: Mapping[str, Tensor],
        data_samples: list[ActionDataSample] | None = None,
        mask: Tensor | None = None,
        mode: str = 'tensor',
    ) -> dict[str, Tensor] | list[ActionDataSample] | dict[str, StreamOutput]:
        """Run the network.

        Args:
            inputs: features by modality, (B, T, D); modalities without a stream are ignored.
            data_samples: one for each video. ``'loss'`` reads labels from them, ``'predict'`` writes into them.
            mask: (B, T) bool, True for real snippets, which come first; None: no padding.
            mode: ``'loss'``, ``'predict'`` or ``'tensor'``.

        Returns:
            ``'loss'``: ``{'rgb.loss_cls': ..., 'rgb.loss_trip': ..., 'rgb.loss_abs': ..., 'flow.loss_cls': ...}``, over
            the videos of all processes. ``'predict'``: the samples. ``'tensor'``: the output of each stream.

        Raises:
            InputError: a modality is missing or its width differs from ``in_channels``, or labels are missing or wrong.
        """
        check_choice('mode', mode, _MODES)
        features = self._checked(inputs)
        if mask is None:
            mask = next(iter(features.values())).new_ones(next(iter(features.values())).shape[:2], dtype=torch.bool)
        groups = LengthGroups.plan(mask, self.length_groups)
        if mode == 'loss':
            return self._loss(features, data_samples, mask, groups)
        if mode == 'predict':
            return self._predict(features, data_samples, mask, groups)
        return {name: self.streams[name](x, mask, groups) for name, x in features.items()}

    @torch.no_grad()
    def attend(self, inputs: Mapping[str, Tensor], mask: Tensor) -> dict[str, Tensor]:
        """Compute the class-agnostic attention for clustering (Sec. 3.3), by modality, (B, T), 0 at padding.

        Call it in eval mode. Arguments and errors are those of :meth:`forward`.
        """
        groups = LengthGroups.plan(mask, self.length_groups)
        return {name: self.streams[name].attend(x, mask, groups) for name, x in self._checked(inputs).items()}

    def _loss(
        self,
        features: dict[str, Tensor],
        samples: list[ActionDataSample] | None,
        mask: Tensor,
        groups: LengthGroups,
    ) -> dict[str, Tensor]:
        """Compute the losses of each stream over the videos of all processes."""
        own = VideoTargets.from_samples(samples, self.num_clusters, mask.device)
        everybody = own.gathered()
        losses = {}
        for name, x in features.items():
            stream = self.streams[name]
            pooled = stream.pool(x, mask, own.clusters, groups).gathered()
            losses.update({f'{name}.{term}': value for term, value in stream.loss(pooled, everybody).items()})
        return losses

    def _predict(
        self,
        features: dict[str, Tensor],
        samples: list[ActionDataSample] | None,
        mask: Tensor,
        groups: LengthGroups,
    ) -> list[ActionDataSample]:
        """Write attention, scores and segments into the samples, on the CPU."""
        if not samples:
            raise InputError(
                "mode='predict' needs data_samples to write into", remedy="mode='tensor' gives the raw output"
            )
        cas, logits, attention = {}, {}, {}
        for name, x in features.items():
            output = self.streams[name](x, mask, groups)
            cas[name], logits[name] = widened(output.class_specific_attention), output.video_logits
            attention[name] = output.class_agnostic_attention
        fused = fuse_streams(cas, self.fusion_weights), fuse_streams(logits, self.fusion_weights)
        views = {'pred_instances': fused}
        if len(cas) > 1:
            views.update({f'{name}_pred_instances': (cas[name], logits[name]) for name in cas})
        on_cpu = {key: (a.cpu(), p.softmax(dim=1).cpu()) for key, (a, p) in views.items()}
        weights = fuse_streams(attention, self.fusion_weights).cpu()
        for i, (sample, length) in enumerate(zip(samples, mask.sum(dim=1).tolist(), strict=True)):
            fused_cas, video_scores = on_cpu['pred_instances']
            sample.class_specific_attention = fused_cas[i, :length].clone()  # a view would keep the batch alive
            sample.class_agnostic_attention = weights[i, :length].clone()
            sample.video_scores = video_scores[i].clone()
            for key, (attention_of, scores_of) in on_cpu.items():
                self._localize(sample, key, attention_of[i, :length], scores_of[i])
        return samples

    def _localize(self, sample: ActionDataSample, key: str, attention: Tensor, video_scores: Tensor) -> None:
        """Write the segments of one video into its sample; without a post-processor, do nothing."""
        if self.post_processor is None:
            return
        if 'snippet_duration' not in sample:
            raise InputError(
                'no snippet_duration, which places segments in time',
                video=str(sample.get('video_name', '')),
                remedy='set it in the metainfo of the sample, as PackActionInputs does',
            )
        timing = SnippetTiming(sample.snippet_duration, sample.get('offset', 0.0), sample.get('duration'))
        mapping = self.cluster_mapping or ClusterMapping.anonymous(self.num_clusters)
        sample.set_field(self.post_processor(attention, video_scores, timing, mapping), key)

    def _check_length_groups(self) -> None:
        """Refuse to give a batch norm the statistics of a group of videos instead of those of the batch."""
        if self.length_groups > 1 and any(isinstance(module, _BatchNorm) for module in self.streams.modules()):
            raise InputError(
                f'model.length_groups={self.length_groups} would split the batch that a batch norm averages over',
                remedy="set model.length_groups=1, or use norm_cfg=dict(type='LN') or 'GN'",
            )

    def _checked(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return the inputs of the streams, in the order of the streams."""
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
