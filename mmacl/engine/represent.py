"""Representations of all training videos under some attention (Sec. 3.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from tempfile import TemporaryFile
from typing import Any, TypeVar

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

IN_MEMORY_BYTES = 10**9
"""Larger tables of representations, counted in float64, are kept in float32 in a temporary file (a memory map)."""

# Videos between two exchanges of the processes.
_PART = 4096


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
    return dict(pair for part in _visit_in_parts(model, dataset, visit) for pair in part.items())


@torch.no_grad()
def _visit_in_parts(
    model: BaseLocalizer, dataset: UntrimmedVideoDataset, visit: Callable[[str, dict[str, Features]], Visited]
) -> Iterator[dict[str, Visited]]:
    """Visit as :func:`visit_videos`; give the results of 4,096 videos at a time, in the order of the dataset."""
    rank, world = get_dist_info()
    was_training = model.training
    model.eval()
    for start in range(0, len(dataset), _PART):
        names = dataset.video_names[start : start + _PART]
        found: dict[str, Visited] = {}
        for index in range(rank, len(names), world):
            features = of_streams(dataset.load_features(start + index), model)
            found[names[index]] = visit(names[index], features)
        found = gather_entries(found)
        yield {name: found[name] for name in names}
    model.train(was_training)


def as_batch(features: dict[str, Features], model: BaseLocalizer) -> tuple[dict[str, Tensor], Tensor]:
    """Convert the features of a video to a batch of one: features, (1, T, D), and mask, (1, T).

    Raises:
        InputError: a modality has another width than the model.
    """
    device = next(model.parameters()).device
    inputs = {name: torch.tensor(x, dtype=torch.float32, device=device)[None] for name, x in features.items()}
    mask = torch.ones(1, next(iter(inputs.values())).shape[1], dtype=torch.bool, device=device)
    return model.select_features(inputs), mask


def attend(model: BaseLocalizer, features: dict[str, Features]) -> dict[str, NDArray[np.float64]]:
    """Weigh the snippets of a video as the model does, modality -> (T,); the model is in eval mode."""
    weights = model.attend(*as_batch(features, model))
    return {name: w[0].double().cpu().numpy() for name, w in weights.items()}


def represent_videos(
    model: BaseLocalizer,
    dataset: UntrimmedVideoDataset,
    uniform: bool = False,
    pooling: VideoPooling | None = None,
    rate: Callable[[NDArray[np.float64]], float] | None = None,
) -> NDArray[np.floating]:
    """Represent each training video as the model does, see :meth:`BaseLocalizer.represent` and :func:`visit_videos`.

    Args:
        model: a localizer, not wrapped.
        dataset: the training videos.
        uniform: weigh all snippets alike in :func:`video_representation`, as in the first round (Eq. 2); the model is
            not used then.
        pooling: another way than the method's own and Eq. 2, from :meth:`BaseLocalizer.snippet_weights`.
        rate: chooses among the candidates of the pooling, see :meth:`VideoPooling.represent`.

    Returns:
        (N, D), rows in the order of the dataset, float64; above :data:`IN_MEMORY_BYTES` without a pooling float32 in a
        temporary file, so that no process holds all of them.

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

    return _stack(len(dataset), _visit_in_parts(model, dataset, represent))


def _stack(count: int, parts: Iterator[dict[str, NDArray[np.float64]]]) -> NDArray[np.floating]:
    """Lay the rows of all parts under each other, see :func:`represent_videos`."""
    table: NDArray[Any] | None = None
    start = 0
    for part in parts:
        block = np.stack(list(part.values()))
        if table is None:
            table = _new_table((count, block.shape[1]))
        table[start : start + len(block)] = block
        start += len(block)
    assert table is not None
    return table


def _new_table(shape: tuple[int, int]) -> NDArray[Any]:
    if 8 * shape[0] * shape[1] <= IN_MEMORY_BYTES:
        return np.empty(shape)
    with TemporaryFile() as file:  # the map keeps it until it goes itself
        return np.memmap(file, np.float32, 'w+', shape=shape)


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
        return pooling.pool(features, attend(model, features))

    return pooling.represent(list(visit_videos(model, dataset, pool).values()), rate)


def represent_actions(dataset: UntrimmedVideoDataset) -> NDArray[np.floating]:
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


def of_streams(features: dict[str, Features], model: BaseLocalizer) -> dict[str, Features]:
    """Select the features of the model's streams, in their order.

    Raises:
        InputError: a stream is missing.
    """
    missing = [name for name in model.in_channels if name not in features]
    if missing:
        raise InputError(
            f'model.in_channels names the stream {missing[0]!r}, but the data set loads {", ".join(features)}',
            remedy='add it to the modalities of train_dataloader.dataset, or take it out of model.in_channels',
        )
    return {name: features[name] for name in model.in_channels}
