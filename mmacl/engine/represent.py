"""Representations of all training videos under some attention (Sec. 3.3)."""

from __future__ import annotations

import numpy as np
import torch
from mmengine.dist import all_gather_object, get_dist_info
from numpy.typing import NDArray

from mmacl.datasets import UntrimmedVideoDataset
from mmacl.datasets.stores import Features
from mmacl.evaluation.functional import snippets_in_action
from mmacl.models import BaseLocalizer
from mmacl.structures import video_representation
from mmacl.utils import InputError


@torch.no_grad()
def represent_videos(
    model: BaseLocalizer, dataset: UntrimmedVideoDataset, uniform: bool = False
) -> NDArray[np.float64]:
    """Represent each training video as the model does, see :meth:`BaseLocalizer.represent`.

    Whole videos are seen, one at a time and without padding or dropout, so a row depends on its video alone: neither
    the number of processes nor the order changes it. Each process takes its share of the videos, and all get all
    rows.

    Args:
        model: a localizer, not wrapped.
        dataset: the training videos.
        uniform: weigh all snippets alike in :func:`video_representation`, as in the first round (Eq. 2); the model is
            not used then.

    Returns:
        (N, D), rows in the order of the dataset.
    """
    rank, world = get_dist_info()
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    rows: dict[str, NDArray[np.float64]] = {}
    for index in range(rank, len(dataset), world):
        features = _of_streams(dataset.load_features(index), model)
        if uniform:
            rows[dataset.video_names[index]] = video_representation(features)
            continue
        inputs = {name: torch.tensor(x, dtype=torch.float32, device=device)[None] for name, x in features.items()}
        length = next(iter(inputs.values())).shape[1]
        mask = torch.ones(1, length, dtype=torch.bool, device=device)
        row = model.represent(model.select_features(inputs), mask)[0]
        rows[dataset.video_names[index]] = row.double().cpu().numpy()
    model.train(was_training)
    for share in all_gather_object(rows):
        rows.update(share)
    return np.stack([rows[name] for name in dataset.video_names])


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
    """What the streams of the model see, and nothing else, from the first round on."""
    missing = [name for name in model.in_channels if name not in features]
    if missing:
        raise InputError(
            f'model.in_channels names the stream {missing[0]!r}, but the data set loads {", ".join(features)}',
            remedy='add it to the modalities of train_dataloader.dataset, or take it out of model.in_channels',
        )
    return {name: features[name] for name in model.in_channels}
