"""Replay the loss of a localizer as CUDA graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmacl.models.host_copy import host_copy
from mmacl.models.localizers.loss_inputs import VideoTargets
from mmacl.utils import InputError
from mmacl.utils.log import log_warning

if TYPE_CHECKING:
    from mmacl.models.localizers.base_localizer import BaseLocalizer

_ShapeKey = tuple[Any, ...]


class GraphedLoss:
    """Compute the loss of a localizer, forward and backward, by one launch each in the place of a thousand.

    The networks of this field are small: in bfloat16 an H100 computes their kernels faster than the host launches them.
    A CUDA graph records all launches of a batch of one shape, and replays them. Batches are padded to a few lengths,
    each of which is recorded when it first occurs. Results are those of :meth:`BaseLocalizer.loss`.

    Only for a localizer whose ``replayable`` is True. With several processes the loss gathers rows between them, which
    a graph cannot hold: use it in one process. What cannot be recorded, such as a layer that reads numbers back, is
    computed as it comes, with a warning.

    Raises:
        InputError: (a call) the loss cannot be recorded for another reason.

    Args:
        model: the localizer, on a GPU.
        multiple: T of a batch is padded to a multiple of it.
        max_shapes: most shapes that are recorded, since each keeps memory; batches of others are computed as they come.
    """

    def __init__(self, model: BaseLocalizer, multiple: int = 64, max_shapes: int = 16) -> None:
        self.model = model
        self.multiple = multiple
        self.max_shapes = max_shapes
        self._graphs: dict[_ShapeKey, _Terms] = {}
        self._pool = torch.cuda.graph_pool_handle()
        self._weights: tuple[int, ...] = ()

    def __call__(self, features: dict[str, Tensor], mask: Tensor, targets: VideoTargets) -> dict[str, Tensor]:
        """Compute what :meth:`BaseLocalizer.loss` computes, with its arguments."""
        weights = tuple(parameter.data_ptr() for parameter in self.model.parameters())
        if weights != self._weights:  # a graph reads and writes fixed places
            self._weights, self._graphs = weights, {}
        if (host_copy(targets.clusters) < 0).any():  # a loss may refuse them
            return self.model.loss(features, mask, targets)
        spare = -mask.shape[1] % self.multiple
        batch = [F.pad(x, (0, 0, 0, spare)) if spare else x for x in features.values()]
        batch += [F.pad(mask, (0, spare)) if spare else mask, targets.labels, targets.clusters, targets.video_ids]
        key = (tuple(features), *(tuple(x.shape) for x in batch), torch.is_autocast_enabled('cuda'))
        with _without_weight_cache():
            if key not in self._graphs:
                if len(self._graphs) == self.max_shapes:
                    return self.model.loss(features, mask, targets)
                if not self._graphs and not self._waits_for_nothing(features, mask, targets):
                    self.max_shapes = 0
                    return self.model.loss(features, mask, targets)
                self._graphs[key] = self._record(tuple(features), batch)
            terms = self._graphs[key]
            return dict(zip(terms.names, terms(*batch), strict=True))

    def _waits_for_nothing(self, features: dict[str, Tensor], mask: Tensor, targets: VideoTargets) -> bool:
        """Compute the loss once; warn if the host reads a number back, which a graph cannot record.

        A recording that fails leaves torch's generator unusable, so this is found out before.
        """
        state, mode = torch.cuda.get_rng_state(mask.device), torch.cuda.get_sync_debug_mode()
        try:
            torch.cuda.set_sync_debug_mode('error')
            total = sum(self.model.loss(features, mask, targets).values(), mask.new_zeros((), dtype=torch.float32))
            torch.autograd.grad(total, [p for p in self.model.parameters() if p.requires_grad], allow_unused=True)
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[0]
            log_warning(f'A step cannot be replayed as a CUDA graph and is computed as it comes: {reason}')
            return False
        finally:
            torch.cuda.set_sync_debug_mode(mode)
            torch.cuda.set_rng_state(state, mask.device)
        return True

    def _record(self, modalities: tuple[str, ...], batch: list[Tensor]) -> _Terms:
        """Record a shape; draw nothing from the generators that the batch would draw."""
        state = torch.cuda.get_rng_state(batch[0].device)
        terms = _Terms(self.model, modalities).train()
        places = tuple(x.clone() for x in batch)
        places[-2].host_copy = host_copy(batch[-2])  # type: ignore[attr-defined]
        try:
            torch.cuda.make_graphed_callables(terms, places, allow_unused_input=True, pool=self._pool)
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[0]
            raise InputError(
                f'a step of {type(self.model).__name__} cannot be recorded as a CUDA graph: {reason}',
                remedy="set default_hooks.cuda_graphs.when='never'",
            ) from error
        torch.cuda.set_rng_state(state, batch[0].device)
        return terms


class _Terms(nn.Module):
    """The loss of a localizer from tensors to tensors."""

    def __init__(self, model: BaseLocalizer, modalities: tuple[str, ...]) -> None:
        super().__init__()
        self.model = model
        self.modalities = modalities
        self.names: tuple[str, ...] = ()

    def forward(self, *batch: Tensor) -> tuple[Tensor, ...]:
        """Compute the terms; their names are kept."""
        *features, mask, labels, clusters, video_ids = batch
        targets = VideoTargets(labels, clusters, video_ids)
        losses = self.model.loss(dict(zip(self.modalities, features, strict=True)), mask, targets)
        self.names = tuple(losses)
        return tuple(losses.values())


def _without_weight_cache() -> torch.autocast:
    """Autocast as it is, but without its cache of cast weights, which would outlive a graph."""
    enabled = torch.is_autocast_enabled('cuda')
    return torch.autocast('cuda', torch.get_autocast_dtype('cuda'), enabled, cache_enabled=False)
