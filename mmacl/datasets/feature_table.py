"""Read all training videos into one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mmacl.structures.feature_table import FeatureTable
from mmacl.utils import InputError

if TYPE_CHECKING:
    from mmacl.datasets.untrimmed_video_dataset import UntrimmedVideoDataset


def read_feature_table(
    dataset: UntrimmedVideoDataset, device: torch.device | str, dtype: str | None = None
) -> FeatureTable:
    """Read every video once into a :class:`FeatureTable`.

    Args:
        dataset: the training videos.
        device: of the table.
        dtype: ``'float16'`` or ``'float32'``; None: that of the features.

    Raises:
        InputError: features are missing or damaged, do not fit into float16, or differ in their dtype.
    """
    lengths = [dataset.num_snippets(index) for index in range(len(dataset))]
    first_rows = np.cumsum([1, *lengths])
    features: dict[str, Tensor] = {}
    for index, first in enumerate(first_rows[:-1].tolist()):
        for modality, values in dataset.load_features(index).items():
            snippets = torch.tensor(values, dtype=None if dtype is None else getattr(torch, dtype))
            if index == 0:
                shape = (int(first_rows[-1]), snippets.shape[1])
                features[modality] = torch.zeros(shape, dtype=snippets.dtype, device=device)
            _check_exact(snippets, values, features[modality], f'{modality} of {dataset.video_names[index]}')
            features[modality][first : first + len(snippets)] = snippets.to(device)
    return FeatureTable(features, first_rows[:-1])


def feature_table_bytes(dataset: UntrimmedVideoDataset, dtype: str | None = None) -> int:
    """Bytes that the table of a data set takes; the features of its first video are read."""
    snippets = 1 + sum(dataset.num_snippets(index) for index in range(len(dataset)))
    row = sum(
        values.shape[1] * (values.dtype if dtype is None else np.dtype(dtype)).itemsize
        for values in dataset.load_features(0).values()
    )
    return snippets * row


def _check_exact(snippets: Tensor, values: NDArray[np.floating], table: Tensor, what: str) -> None:
    """Refuse a cast that would lose a number."""
    remedy = "set default_hooks.feature_table.dtype='float32'"
    if not bool(snippets.isfinite().all()):
        raise InputError(f'{what}: {float(np.abs(values).max()):g} does not fit into float16', remedy=remedy)
    if snippets.dtype != table.dtype:
        found = f'{what} is {snippets.dtype}, the first video is {table.dtype}'.replace('torch.', '')
        raise InputError(found, remedy=remedy)
