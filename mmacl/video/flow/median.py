"""The median of 5 x 5 pixels, by exchanges of whole images."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

#: Exchanges that sort five values.
_SORT_5 = ((0, 1), (3, 4), (2, 4), (2, 3), (1, 4), (0, 3), (0, 2), (1, 3), (1, 2))
#: Of 5 x 5 values with sorted rows and columns these can be the median: 12 others lie neither surely below nor above.
_CANDIDATES = [(i, j) for i in range(5) for j in range(5) if (i + 1) * (j + 1) <= 13 and (5 - i) * (5 - j) <= 13]


def median_5x5(images: Tensor) -> Tensor:
    """Filter images, (N, C, H, W); pixels outside are those of the border."""
    height, width = images.shape[-2:]
    padded = F.pad(images, (2, 2, 2, 2), mode='replicate')
    # The columns of neighbouring squares are shared, so they are sorted once.
    columns = _sorted([padded[..., i : i + height, :] for i in range(5)])
    rows = [_sorted([column[..., j : j + width] for j in range(5)]) for column in columns]
    return _median([rows[i][j] for i, j in _CANDIDATES])


def _sorted(values: list[Tensor]) -> list[Tensor]:
    """Sort five images pixel by pixel."""
    for low, high in _SORT_5:
        values[low], values[high] = torch.minimum(values[low], values[high]), torch.maximum(values[low], values[high])
    return values


def _median(values: list[Tensor]) -> Tensor:
    """Median of an odd number: of any (n + 3) / 2 of n values neither the least nor the greatest is the median."""
    kept, rest = values[: (len(values) + 3) // 2], values[(len(values) + 3) // 2 :]
    while len(kept) > 1:
        for i in range(1, len(kept)):  # the least to the front
            kept[0], kept[i] = torch.minimum(kept[0], kept[i]), torch.maximum(kept[0], kept[i])
        for i in range(1, len(kept) - 1):  # the greatest to the end
            kept[-1], kept[i] = torch.maximum(kept[-1], kept[i]), torch.minimum(kept[-1], kept[i])
        kept = kept[1:-1] + rest[:1]
        rest = rest[1:]
    return kept[0]
