"""Action co-localization: one co-attention stream for each modality, and their late fusion (Sec. 3.2, 4.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mmengine.model import ModuleDict
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from mmacl.models.checks import check_positive
from mmacl.models.fusion import check_fusion_weights, fuse_streams
from mmacl.models.localizers.base_localizer import BaseLocalizer, PostProcessor
from mmacl.models.localizers.co_attention_stream import StreamOutput
from mmacl.models.localizers.length_groups import LengthGroups
from mmacl.models.localizers.loss_inputs import VideoTargets
from mmacl.models.precision import widened
from mmacl.registry import MODELS
from mmacl.structures import SnippetPrediction
from mmacl.utils import InputError

# Batches of similar length, as in a test, gain less from groups than more and smaller calls cost.
_LEAST_GAIN = 0.1


@MODELS.register_module(name=['ActionCoLocalizer', 'TwoStreamLocalizer'])
class ActionCoLocalizer(BaseLocalizer):
    """Train each stream by Eq. (1), and fuse the streams for predictions (Sec. 3.2, 4.2).

    The streams share no parameters, so training them together equals training them apart. Weights start as torch's
    defaults, except where a layer's docstring says otherwise; they depend on torch's generator alone.

    Args:
        in_channels: D of each modality; names are free, and their order is that of the streams.
        num_clusters: C.
        stream: see :class:`CoAttentionStream`; ``in_channels``, ``num_clusters`` and ``attention`` are filled in.
        attention: normalisation of S, see :func:`normalize_attention`.
        fusion_weights: weight of each modality; None: 1 for all.
        length_groups: number of groups of similar length in which a batch is computed on a CPU; more groups need less
            padding. A batch norm needs 1. On a GPU the batch stays whole, see :class:`LengthGroups`.
        post_processor, data_preprocessor, init_cfg: see :class:`BaseLocalizer`.

    Raises:
        InputError: a modality, a width, a count, a weight or a loss is wrong, a layer cannot be built, or a batch norm
            meets ``length_groups`` above 1.
    """

    training_only = ('stream.losses', 'stream.input_dropout')
    replayable = True

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
        super().__init__(in_channels, num_clusters, post_processor, data_preprocessor, init_cfg)
        check_positive(length_groups=length_groups)
        self.length_groups = length_groups
        self.fusion_weights = check_fusion_weights(tuple(in_channels), fusion_weights)
        shared = {'num_clusters': num_clusters, 'attention': attention}
        self.streams = ModuleDict(
            {name: MODELS.build({**stream, **shared, 'in_channels': width}) for name, width in in_channels.items()}
        )
        self._check_length_groups()

    def loss(self, features: dict[str, Tensor], mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute ``{'rgb.loss_cls': ..., 'rgb.loss_trip': ..., 'rgb.loss_abs': ..., 'flow.loss_cls': ...}``.

        Raises:
            InputError: the separation loss is on, and the cluster for which a video was drawn is not known.
        """
        groups = LengthGroups.plan(mask, self.length_groups)
        if any(self.streams[name].separation_loss is not None for name in features):
            clusters = targets.drawn_clusters()
        else:
            clusters = targets.clusters.clamp(min=0)
        everybody = targets.gathered()
        losses = {}
        for name, x in features.items():
            stream = self.streams[name]
            pooled = stream.pool(x, mask, clusters, groups).gathered()
            losses.update({f'{name}.{term}': value for term, value in stream.loss(pooled, everybody).items()})
        return losses

    def predict(self, features: dict[str, Tensor], mask: Tensor) -> SnippetPrediction:
        """Fuse A, p and the normalised S of the streams; each stream also predicts alone."""
        outputs = self.raw_output(features, mask)
        cas = {name: widened(output.class_specific_attention) for name, output in outputs.items()}
        logits = {name: output.video_logits for name, output in outputs.items()}
        attention = {name: output.class_agnostic_attention for name, output in outputs.items()}
        return SnippetPrediction(
            class_map=fuse_streams(cas, self.fusion_weights),
            video_scores=fuse_streams(logits, self.fusion_weights).softmax(dim=1),
            actionness=fuse_streams(attention, self.fusion_weights),
            streams={name: (cas[name], logits[name].softmax(dim=1)) for name in cas},
        )

    def raw_output(self, features: dict[str, Tensor], mask: Tensor) -> dict[str, StreamOutput]:
        """Compute the output of each stream."""
        groups = LengthGroups.plan(mask, self.length_groups, _LEAST_GAIN)
        return {name: self.streams[name](x, mask, groups) for name, x in features.items()}

    def snippet_weights(self, features: dict[str, Tensor], mask: Tensor) -> dict[str, Tensor]:
        """Compute the normalised S of each stream (Sec. 3.3)."""
        groups = LengthGroups.plan(mask, self.length_groups, _LEAST_GAIN)
        return {name: self.streams[name].attend(x, mask, groups) for name, x in features.items()}

    def head_modules(self) -> Iterable[nn.Module]:
        """Return both heads of each stream."""
        return [head for s in self.streams.values() for head in (s.class_agnostic_head, s.class_specific_head)]

    def _check_length_groups(self) -> None:
        """Refuse to give a batch norm the statistics of a group of videos instead of those of the batch."""
        if self.length_groups > 1 and any(isinstance(module, _BatchNorm) for module in self.streams.modules()):
            raise InputError(
                f'model.length_groups={self.length_groups} would split the batch that a batch norm averages over',
                remedy="set model.length_groups=1, or use norm_cfg=dict(type='LN') or 'GN'",
            )


#: The earlier name.
TwoStreamLocalizer = ActionCoLocalizer
