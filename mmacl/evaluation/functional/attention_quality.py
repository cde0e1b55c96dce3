"""Measure how well attention separates action from background, and how widely it is spread over a video."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata


def snippets_in_action(
    num_snippets: int, snippet_duration: float, offset: float, segments: ArrayLike
) -> NDArray[np.bool_]:
    """Find the snippets whose middle lies in an instance, ``start <= middle < end``.

    Args:
        num_snippets: T.
        snippet_duration: seconds from one snippet to the next.
        offset: where the first snippet begins, in seconds.
        segments: (N, 2) instances in seconds.

    Returns:
        (T,) bool.
    """
    starts, ends = np.asarray(segments, dtype=np.float64).reshape(-1, 2).T
    middles = offset + (np.arange(num_snippets) + 0.5) * snippet_duration
    return np.asarray(((middles[:, None] >= starts) & (middles[:, None] < ends)).any(axis=1))


def attention_auc(attention: ArrayLike, in_action: ArrayLike) -> float:
    """Compute the probability that an action snippet has more attention than a background snippet of its video.

    Ties count half. 0.5 is chance; below it, attention prefers the background.

    Args:
        attention: (T,).
        in_action: (T,) bool.

    Returns:
        In [0, 1]; NaN if the video has no action snippet, or no other.
    """
    positive = np.asarray(in_action, dtype=bool)
    num_positive, num_negative = int(positive.sum()), int((~positive).sum())
    if not num_positive or not num_negative:
        return float('nan')
    # Mann and Whitney: the sum of ranks of one group, minus its lowest possible value.
    ranks = rankdata(np.asarray(attention, dtype=np.float64))
    least = num_positive * (num_positive + 1) / 2
    return float((ranks[positive].sum() - least) / (num_positive * num_negative))


def effective_share(weights: ArrayLike) -> float:
    """Compute the perplexity of weights over their number: 1 for equal weights, 1 / T for all weight on one snippet.

    Args:
        weights: (T,), not negative; they need not sum to 1.

    Returns:
        In (0, 1]; NaN if all weights are 0.
    """
    parts = np.asarray(weights, dtype=np.float64)
    if not parts.any():
        return float('nan')
    parts = parts[parts > 0] / parts.sum()
    return float(np.exp(-(parts * np.log(parts)).sum()) / np.size(weights))
