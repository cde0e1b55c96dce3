"""How the snippets of a video become its representation for clustering, where it is not the paper's way (Sec. 3.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.clustering.snippet_weights import Features, UniformWeights, Weights, unit_rows
from mmacl.registry import SNIPPET_WEIGHTS

Pooled = dict[str, NDArray[np.float64]]


class VideoPooling:
    """Pool the snippets of each stream with weights that sum to 1, centre over the data set, L2-normalise.

    Without arguments this is the paper's ``f_v`` for attention that sums to 1.

    Args:
        initial: weights of the first round, a config of ``SNIPPET_WEIGHTS`` or a function of the features of a video;
            None: :class:`UniformWeights`.
        transform: change of the attention in later rounds, likewise, such as :class:`AttentionFloor`; None: none.
        centred: subtract the mean over the videos before the normalisation, so that what all videos share, which
            dominates features after a ReLU, does not decide their distances.
    """

    def __init__(
        self,
        initial: dict[str, Any] | Callable[[Features], Weights] | None = None,
        transform: dict[str, Any] | Callable[[Weights], Weights] | None = None,
        centred: bool = False,
    ) -> None:
        self.initial: Callable[[Features], Weights] = UniformWeights() if initial is None else _build(initial)
        self.transform: Callable[[Weights], Weights] | None = None if transform is None else _build(transform)
        self.centred = centred

    def pool(self, features: Features, attention: Mapping[str, NDArray[Any]] | None = None) -> Pooled:
        """Pool the snippets of a video.

        Args:
            features: modality -> (T, D).
            attention: modality -> (T,), at least 0; None: the first round.

        Returns:
            modality -> (D,).
        """
        if attention is None:
            weights = dict.fromkeys(features, self.initial(features))
        else:
            weights = {name: self._transformed(np.asarray(attention[name], dtype=np.float64)) for name in features}
        return {name: weights[name] @ x.astype(np.float64) for name, x in features.items()}

    def _transformed(self, attention: Weights) -> Weights:
        """Let attention sum to 1, then change it."""
        total = attention.sum()
        attention = attention / total if total > 0 else np.full(len(attention), 1 / len(attention))
        return attention if self.transform is None else self.transform(attention)

    def represent(self, videos: Sequence[Pooled]) -> NDArray[np.float64]:
        """Represent videos from their pooled streams, (N, sum of D)."""
        streams = []
        for name in videos[0]:
            rows = np.stack([video[name] for video in videos])
            if self.centred:
                rows = rows - rows.mean(axis=0)
            streams.append(unit_rows(rows))
        return np.concatenate(streams, axis=1)


def _build(part: Any) -> Any:
    """Build a config; return an object as it is."""
    return SNIPPET_WEIGHTS.build(part) if isinstance(part, Mapping) else part
