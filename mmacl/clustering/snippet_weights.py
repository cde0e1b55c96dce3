"""Weights of snippets for clustering: before there is attention, and from attention that is too peaked (Sec. 3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.registry import SNIPPET_WEIGHTS
from mmacl.utils import InputError

Features = Mapping[str, NDArray[Any]]
Weights = NDArray[np.float64]

_SMALLEST = 1e-12
# Powers from e^-8 to e^8, found to five digits.
_LOG_POWER = 8.0
_HALVINGS = 24


@SNIPPET_WEIGHTS.register_module()
class UniformWeights:
    """Weigh all snippets alike, as the first round of the paper does, Eq. (2)."""

    def __call__(self, features: Features) -> Weights:
        """Weigh the snippets of a video: {modality: (T, D)} to (T,), which sums to 1."""
        length = len(next(iter(features.values())))
        return np.full(length, 1 / length)


@SNIPPET_WEIGHTS.register_module()
class SalientWeights:
    """Weigh a snippet by its distance from the mean of its own video.

    ``w_t ~ ||x_t - mean_t x_t||^(2 power)``, where ``x_t`` holds the streams side by side, each L2-normalised. Most of
    an untrimmed video is background that looks alike, so what differs is more often action. Where action fills most of
    a video, the rule prefers the background instead.

    Args:
        power: exponent of the squared distance; 0 weighs all alike.

    Raises:
        InputError: the power is negative.
    """

    def __init__(self, power: float = 2.0) -> None:
        if power < 0:
            raise InputError(f'initial.power={power} is negative', remedy='0 weighs all snippets alike')
        self.power = power

    def __call__(self, features: Features) -> Weights:
        """Weigh the snippets of a video: {modality: (T, D)} to (T,), which sums to 1."""
        snippets = np.concatenate([unit_rows(x) for x in features.values()], axis=1)
        distances = ((snippets - snippets.mean(axis=0)) ** 2).sum(axis=1)
        largest = distances.max()
        if largest == 0:
            return UniformWeights()(features)
        weights = (distances / largest) ** self.power
        return np.asarray(weights / weights.sum())


@SNIPPET_WEIGHTS.register_module()
class AttentionFloor:
    """Add a floor to attention, ``(S + c / T) / (1 + c)``.

    Attention that sums to 1 over a few snippets represents a video by those alone.

    Args:
        weight: ``c``; 0 changes nothing, and attention becomes uniform as it grows.

    Raises:
        InputError: the weight is negative.
    """

    def __init__(self, weight: float = 1.0) -> None:
        if weight < 0:
            raise InputError(f'transform.weight={weight} is negative', remedy='0 changes nothing')
        self.weight = weight

    def __call__(self, attention: Weights) -> Weights:
        """Change attention that sums to 1, (T,) to (T,)."""
        return (attention + self.weight / len(attention)) / (1 + self.weight)


@SNIPPET_WEIGHTS.register_module()
class AttentionPower:
    """Raise attention to a power, and let it sum to 1 again.

    Args:
        exponent: below 1, attention becomes flatter.

    Raises:
        InputError: the exponent is not positive.
    """

    def __init__(self, exponent: float = 0.5) -> None:
        if exponent <= 0:
            raise InputError(f'transform.exponent={exponent} is not positive', remedy='1 changes nothing')
        self.exponent = exponent

    def __call__(self, attention: Weights) -> Weights:
        """Change attention that sums to 1, (T,) to (T,)."""
        powers = attention**self.exponent
        return np.asarray(powers / powers.sum())


@SNIPPET_WEIGHTS.register_module()
class AttentionShare:
    """Raise attention to the power with which it holds a share of the snippets.

    The share is ``exp(H) / T``, with ``H`` the entropy of the weights in nats: 1 for uniform weights, ``1 / T`` for a
    single snippet. Attention that is more peaked becomes flatter, attention that is flatter becomes more peaked; the
    order of the snippets stays. Methods differ much in this: the softmax S of ACL holds a tenth of a video, sigmoid
    actionness nearly all of it.

    Args:
        share: of the snippets, in (0, 1). Equal weights stay equal.

    Raises:
        InputError: the share is out of range.
    """

    def __init__(self, share: float = 0.5) -> None:
        if not 0 < share < 1:
            raise InputError(f'transform.share={share} is not in (0, 1)', remedy='0.5 is the default')
        self.share = share

    def __call__(self, attention: Weights) -> Weights:
        """Change attention that sums to 1, (T,) to (T,)."""
        logs = np.log(np.maximum(attention / attention.max(), _SMALLEST))
        low, high = -_LOG_POWER, _LOG_POWER
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if effective_share(np.exp(np.exp(middle) * logs)) > self.share:
                low = middle
            else:
                high = middle
        powers = np.exp(np.exp(low) * logs)
        return np.asarray(powers / powers.sum())


def effective_share(weights: Weights) -> float:
    """Return ``exp(H) / T``, in [1 / T, 1], of weights (T,) that need not sum to 1."""
    parts = weights / weights.sum()
    return float(np.exp(-(parts * np.log(np.maximum(parts, _SMALLEST))).sum()) / len(parts))


def unit_rows(rows: NDArray[Any]) -> Weights:
    """Scale rows to length 1, in float64; rows of zeros stay."""
    rows = rows.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
