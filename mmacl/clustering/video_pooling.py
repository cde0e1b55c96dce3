"""How the snippets of a video become its representation for clustering, where it is not the paper's way (Sec. 3.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.clustering.snippet_weights import Features, UniformWeights, Weights, unit_rows
from mmacl.registry import SNIPPET_WEIGHTS
from mmacl.utils import InputError

Pooled = dict[str, NDArray[np.float64]]
#: Rate representations of all videos, (N, D); the higher, the better. See :func:`stability`.
Rate = Callable[[NDArray[np.float64]], float]


class VideoPooling:
    """Pool the snippets of each stream with weights that sum to 1, centre over the data set, L2-normalise.

    Without arguments this is the paper's ``f_v`` for attention that sums to 1. Where several weights are given, the
    videos are represented with each, and those are taken whose clusters are the most stable: no label is needed. Of
    candidates that are within ``margin`` of the best one, the first is taken.

    Args:
        initial: weights of the first round, a config of ``SNIPPET_WEIGHTS`` or a function of the features of a video,
            or a list of such; None: :class:`UniformWeights`.
        transform: change of the attention in later rounds, likewise, such as :class:`AttentionShare`; None, also in a
            list: none.
        centred: subtract the mean over the videos before the normalisation, so that what all videos share, which
            dominates features after a ReLU, does not decide their distances.
        margin: see above.

    Attributes:
        ratings: of each candidate in the last choice, in the order of the list; empty if there was none to make.
        chosen: position of the candidate that was taken.

    Raises:
        InputError: a list is empty.
    """

    def __init__(self, initial: Any = None, transform: Any = None, centred: bool = False, margin: float = 0.02) -> None:
        self.initial = [_build(part, UniformWeights()) for part in _listed('initial', initial)]
        self.transform = [_build(part, None) for part in _listed('transform', transform)]
        self.centred = centred
        self.margin = margin
        self.ratings: list[float] = []
        self.chosen = 0

    def weigh(
        self, features: Features, attention: Mapping[str, NDArray[Any]] | None = None
    ) -> list[dict[str, Weights]]:
        """Weigh the snippets of a video with each candidate.

        Args:
            features: modality -> (T, D).
            attention: modality -> (T,), at least 0; None: the first round.

        Returns:
            For each candidate, modality -> (T,), which sums to 1.
        """
        if attention is None:
            return [dict.fromkeys(features, weights(features)) for weights in self.initial]
        sums = {name: _summing_to_one(np.asarray(attention[name], dtype=np.float64)) for name in features}
        return [{name: x if change is None else change(x) for name, x in sums.items()} for change in self.transform]

    def pool(self, features: Features, attention: Mapping[str, NDArray[Any]] | None = None) -> list[Pooled]:
        """Pool the snippets of a video, see :meth:`weigh`: for each candidate, modality -> (D,)."""
        snippets = {name: x.astype(np.float64) for name, x in features.items()}
        return [{name: w[name] @ x for name, x in snippets.items()} for w in self.weigh(features, attention)]

    def represent(self, videos: Sequence[list[Pooled]], rate: Rate | None = None) -> NDArray[np.float64]:
        """Represent videos from their pooled streams, (N, sum of D); without a rate, by the first candidate."""
        candidates = [self._join([video[i] for video in videos]) for i in range(len(videos[0]))]
        self.ratings, self.chosen = [], 0
        if rate is not None and len(candidates) > 1:
            self.ratings = [rate(rows) for rows in candidates]
            self.chosen = next(i for i, x in enumerate(self.ratings) if x >= max(self.ratings) - self.margin)
        return candidates[self.chosen]

    def _join(self, videos: Sequence[Pooled]) -> NDArray[np.float64]:
        """Put the streams of one candidate side by side."""
        streams = []
        for name in videos[0]:
            rows = np.stack([video[name] for video in videos])
            if self.centred:
                rows = rows - rows.mean(axis=0)
            streams.append(unit_rows(rows))
        return np.concatenate(streams, axis=1)


def _summing_to_one(attention: Weights) -> Weights:
    """Let attention sum to 1; attention of zeros becomes uniform."""
    total = attention.sum()
    return attention / total if total > 0 else np.full(len(attention), 1 / len(attention))


def _listed(key: str, parts: Any) -> list[Any]:
    """Return the candidates of a key as a list."""
    if not isinstance(parts, (list, tuple)):
        return [parts]
    if not parts:
        raise InputError(f'clustering.pooling.{key} is an empty list', remedy='leave it out, or name weights')
    return list(parts)


def _build(part: Any, default: Any) -> Any:
    """Build a config; return an object as it is, and None as the default."""
    if isinstance(part, Mapping):
        return SNIPPET_WEIGHTS.build(part)
    return default if part is None else part
