"""Representations of all training videos under some attention (Sec. 3.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import torch
from mmengine.dist import get_dist_info
from numpy.typing import NDArray
from torch import Tensor

from mmacl.clustering import VideoPooling
from mmacl.datasets import UntrimmedVideoDataset
from mmacl.datasets.stores import Features
from mmacl.engine.distributed import gather_entries
from mmacl.evaluation.functional import snippets_in_action
from mmacl.models import BaseLocalizer
from mmacl.structures import video_representation
from mmacl.utils import InputError

Visited = TypeVar('Visited')


@torch.no_grad()
def visit_videos(
    model: BaseLocalizer, dataset: UntrimmedVideoDataset, visit: Callable[[str, dict[str, Features]], Visited]
) -> dict[str, Visited]:
    """Compute something of every video with a model, such as its representation or refined labels.

    Whole videos are visited, one at a time and without dropout, so a result depends on its video alone: neither the
    number of processes nor the order changes it. Each process takes its share, and all get all results.

    Args:
        model: a localizer, not wrapped; it is in eval mode meanwhile.
        dataset: the videos.
        visit: called with the name and the features of the model's modalities, see :func:`as_batch`. What it returns
            must be picklable.

    Returns:
        The results by name, in the order of the dataset.
    """
    rank, world = get_dist_info()
    was_training = model.training
    model.eval()
    found: dict[str, Visited] = {}
    for index in range(rank, len(dataset), world):
        name = dataset.video_names[index]
        found[name] = visit(name, _of_streams(dataset.load_features(index), model))
    model.train(was_training)
    found = gather_entries(found)
    return {name: found[name] for name in dataset.video_names}


def as_batch(features: dict[str, Features], model: BaseLocalizer) -> tuple[dict[str, Tensor], Tensor]:
    """Convert the features of a video to a batch of one: features, (1, T, D), and mask, (1, T).

    Raises:
        InputError: a modality has another width than the model.
    """
    device = next(model.parameters()).device
    inputs = {name: torch.tensor(x, dtype=torch.float32, device=device)[None] for name, x in features.items()}
    mask = torch.ones(1, next(iter(inputs.values())).shape[1], dtype=torch.bool, device=device)
    return model.select_features(inputs), mask


def represent_videos(
    model: BaseLocalizer,
    dataset: UntrimmedVideoDataset,
    uniform: bool = False,
    pooling: VideoPooling | None = None,
    rate: Callable[[NDArray[np.float64]], float] | None = None,
) -> NDArray[np.float64]:
    """Represent each training video as the model does, see :meth:`BaseLocalizer.represent` and :func:`visit_videos`.

    Args:
        model: a localizer, not wrapped.
        dataset: the training videos.
        uniform: weigh all snippets alike in :func:`video_representation`, as in the first round (Eq. 2); the model is
            not used then.
        pooling: another way than the method's own and Eq. 2, from :meth:`BaseLocalizer.snippet_weights`.
        rate: chooses among the candidates of the pooling, see :meth:`VideoPooling.represent`.

    Returns:
        (N, D), rows in the order of the dataset.

    Raises:
        InputError: there is a pooling, and the method represents videos in a way of its own.
    """
    if pooling is not None:
        return _represent_pooled(model, dataset, uniform, pooling, rate)

    def represent(name: str, features: dict[str, Features]) -> NDArray[np.float64]:
        if uniform:
            return video_representation(features)
        row: NDArray[np.float64] = model.represent(*as_batch(features, model))[0].double().cpu().numpy()
        return row

    return np.stack(list(visit_videos(model, dataset, represent).values()))


def _represent_pooled(
    model: BaseLocalizer,
    dataset: UntrimmedVideoDataset,
    uniform: bool,
    pooling: VideoPooling,
    rate: Callable[[NDArray[np.float64]], float] | None,
) -> NDArray[np.float64]:
    """Represent each training video as a pooling says, see :func:`represent_videos`."""
    if type(model).represent is not BaseLocalizer.represent:
        raise InputError(
            f'clustering.pooling weighs snippets, but {type(model).__name__} represents videos in a way of its own',
            remedy='set clustering.pooling=None',
        )

    def pool(name: str, features: dict[str, Features]) -> list[dict[str, NDArray[np.float64]]]:
        if uniform:
            return pooling.pool(features)
        weights = model.attend(*as_batch(features, model))
        return pooling.pool(features, {stream: w[0].double().cpu().numpy() for stream, w in weights.items()})

    return pooling.represent(list(visit_videos(model, dataset, pool).values()), rate)


def represent_actions(dataset: UntrimmedVideoDataset) -> NDArray[np.float64]:
    """Represent videos by attention that is uniform over snippets whose centre is in an annotated action.

    A video without one falls back to uniform attention.

    Returns:
        As :func:`represent_videos`.
    """
    rows = []
    for index in range(len(dataset)):
        features, timing = dataset.load_features(index), dataset.timing(index)
        record, length = dataset.record(index), len(next(iter(features.values())))
        segments = np.zeros((0, 2)) if record is None else record.segments
        inside = snippets_in_action(length, timing.snippet_duration, timing.offset, segments)
        weights = inside / inside.sum() if inside.any() else np.full(length, 1 / length)
        rows.append(video_representation(features, dict.fromkeys(features, weights)))
    return np.stack(rows)


def _of_streams(features: dict[str, Features], model: BaseLocalizer) -> dict[str, Features]:
    """Select the features of the model's streams."""
    missing = [name for name in model.in_channels if name not in features]
    if missing:
        raise InputError(
            f'model.in_channels names the stream {missing[0]!r}, but the data set loads {", ".join(features)}',
            remedy='add it to the modalities of train_dataloader.dataset, or take it out of model.in_channels',
        )
    return {name: features[name] for name in model.in_channels}
