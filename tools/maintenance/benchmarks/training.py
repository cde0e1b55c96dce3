"""What a training step needs: a method's model at a size, batches in memory, and the optimiser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mmacl.utils import InputError, derive_seed

from .setting import Size

#: What the optimiser's config is for a precision.
PRECISIONS = {'float32': 'OptimWrapper', 'bf16': 'AutocastOptimWrapper'}
_CROPS = {'RandomCropSnippets': 'max_snippets', 'SampleSnippets': 'num_snippets'}


def load_method(method: str, size: Size) -> Any:
    """Compose the config of a method without labels at a size; hidden layers of a small size fit the method ACL only.

    Raises:
        InputError: there is no such config.
    """
    from mmacl.config import load_config

    config = load_config(f'{method}_{size.data}_us')
    config.model.update(in_channels=dict(rgb=size.width, flow=size.width), num_clusters=size.num_clusters)
    if size.hidden is not None and method == 'acl':
        stream = config.model.stream
        stream.backbone.branch_channels = size.hidden
        stream.class_specific_head.hidden_channels = stream.class_agnostic_head.hidden_channels = size.hidden
    return config


def steps_of_training(config: Any) -> int:
    """Optimisation steps of all rounds."""
    loop = config.train_cfg
    return int(loop.num_rounds * loop.epochs_per_round * config.train_dataloader.batch_sampler.num_batches)


def longest_crop(config: Any) -> int:
    """The largest T that the pipeline of training lets through."""
    for transform in config.train_dataloader.dataset.pipeline:
        if transform['type'] in _CROPS:
            return int(transform[_CROPS[transform['type']]])
    raise InputError('its pipeline bounds no length', file=config.filename, remedy='time a config with a crop')


def is_replayable(config: Any) -> bool:
    """Say whether CUDA graphs can compute the loss of a method."""
    from mmacl.registry import MODELS

    return bool(MODELS.get(config.model.type).replayable)


def draw_batches(
    config: Any, size: Size, count: int, device: str, snippets: int | None = None, seed: int = 0
) -> list[dict[str, Any]]:
    """Draw batches as a data loader gives them, with features that are already on the device.

    Args:
        config: of the method; its batch size and crop are used.
        size: of the data.
        count: batches.
        device: where features lie; labels are on the CPU.
        snippets: T of all videos; None: lengths of the data set, cropped.
        seed: other batches for another seed.
    """
    import torch

    from mmacl.structures import ActionDataSample

    generator = torch.Generator(device).manual_seed(derive_seed(12, seed))
    rng = np.random.default_rng(derive_seed(12, seed))
    num_videos, batches = config.train_dataloader.batch_size, []
    for number in range(count):
        lengths = np.minimum(size.lengths(num_videos, derive_seed(seed, number)), longest_crop(config))
        if snippets is not None:
            lengths = np.full(num_videos, snippets)
        clusters = rng.permutation(-(-num_videos // 2)).repeat(2)[:num_videos] % size.num_clusters
        inputs: dict[str, list[Any]] = {name: [] for name in config.model.in_channels}
        part = size.width // size.num_clusters
        for length, cluster in zip(lengths.tolist(), clusters.tolist(), strict=True):
            for videos in inputs.values():
                features = torch.randn(length, size.width, device=device, generator=generator).abs_()
                # A third of a video shows its action.
                features[: length // 3, cluster * part : (cluster + 1) * part] += 1
                videos.append(features)
        samples = []
        for index, cluster in enumerate(clusters.tolist()):
            sample = ActionDataSample(metainfo={'video_name': f'video_{number}_{index}'})
            sample.drawn_cluster = cluster
            sample.pseudo_label = torch.arange(size.num_clusters) == cluster
            samples.append(sample)
        batches.append({'inputs': inputs, 'data_samples': samples})
    return batches


def to_device(batches: list[dict[str, Any]], device: str) -> list[dict[str, Any]]:
    """The same batches with features on another device."""
    return [
        {**batch, 'inputs': {name: [x.to(device) for x in videos] for name, videos in batch['inputs'].items()}}
        for batch in batches
    ]


class Training:
    """A model, its optimiser and batches that it takes in turn.

    Args:
        config: of the method.
        batches: see :func:`draw_batches`.
        device: of the model.
        precision: key of :data:`PRECISIONS`.
        dropout: False: nothing is dropped, so that devices and precisions can be compared.
        replay: compute the loss by CUDA graphs, as a training does on a GPU.
    """

    def __init__(
        self,
        config: Any,
        batches: list[dict[str, Any]],
        device: str,
        precision: str,
        dropout: bool = True,
        replay: bool = False,
    ) -> None:
        import torch
        from mmengine.optim import build_optim_wrapper
        from mmengine.registry import DefaultScope

        from mmacl.models.localizers.graphed_loss import GraphedLoss
        from mmacl.registry import MODELS

        torch.manual_seed(0)
        with DefaultScope.overwrite_default_scope('mmacl'):
            self.model: Any = MODELS.build(config.model).to(device).train()
            self.optimizer: Any = build_optim_wrapper(
                self.model, {**config.optim_wrapper, 'type': PRECISIONS[precision]}
            )
        if replay:
            self.model.graphed_loss = GraphedLoss(self.model)
        if not dropout:
            for module in self.model.modules():
                for name in ('p', 'probability'):
                    if 'Dropout' in type(module).__name__ and hasattr(module, name):
                        setattr(module, name, 0.0)
        self.batches = batches
        self.taken = 0

    def step(self) -> Any:
        """Take a step as the loop of a training does; return the losses, on the device."""
        batch = self.batches[self.taken % len(self.batches)]
        self.taken += 1
        return self.model.train_step(batch, self.optimizer)

    def loss_after(self, steps: int) -> list[float]:
        """Train; return the loss of each step."""
        return [float(loss) for loss in [self.step()['loss'].detach() for _ in range(steps)]]


def count_flops(call: Callable[[], Any]) -> float:
    """Count the multiplications and additions of products and convolutions, forward and backward.

    Attention is computed by plain products meanwhile, because torch does not count its fused kernels on a CPU.
    """
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        call()
    return float(counter.get_total_flops())
