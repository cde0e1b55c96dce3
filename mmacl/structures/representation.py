"""One vector a video (Sec. 3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.utils import InputError


def video_representation(
    features: Mapping[str, NDArray[Any]], attention: Mapping[str, NDArray[Any]] | None = None
) -> NDArray[np.float64]:
    """Attention-weighted sum of the snippets of each stream, L2-normalised, all streams side by side: ``f_v``.

    A stream whose sum is zero stays zero.

    Args:
        features: modality -> ``X_v``, (T, D); the order of the modalities is that of the result.
        attention: modality -> ``S_v`` as the last round's model gives it, (T,). None: uniform, as in the first round
            (Eq. 2).

    Returns:
        (sum of D,), computed in float64.

    Raises:
        InputError: a stream has no attention, or one weight too many or too few.
    """
    parts = []
    for modality, snippets in features.items():
        if attention is None:
            pooled = np.mean(snippets, axis=0, dtype=np.float64)
        else:
            pooled = _weights(attention, modality, len(snippets)) @ snippets.astype(np.float64)
        length = np.linalg.norm(pooled)
        parts.append(pooled / length if length > 0 else pooled)
    return np.concatenate(parts)


def _weights(attention: Mapping[str, NDArray[Any]], modality: str, num_snippets: int) -> NDArray[np.float64]:
    if modality not in attention:
        raise InputError(
            f'no attention for stream {modality!r} (there is {", ".join(attention) or "none"})',
            remedy='the model and the features must have the same streams',
        )
    weights = np.asarray(attention[modality], dtype=np.float64)
    if weights.shape != (num_snippets,):
        raise InputError(
            f'attention of stream {modality!r} has shape {weights.shape}, but there are {num_snippets} snippets',
            remedy='give one weight a snippet',
        )
    return weights
