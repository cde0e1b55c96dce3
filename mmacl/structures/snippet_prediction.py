"""What every localizer predicts for a batch of videos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mmacl.utils import InputError

if TYPE_CHECKING:
    from torch import Tensor

    from mmacl.structures.proposals import Proposals
    from mmacl.structures.segments import SnippetTiming


@dataclass(frozen=True, eq=False)
class SnippetPrediction:
    """Scores of the snippets of B padded videos; values at padding are ignored.

    Attributes:
        class_map: score of each snippet for each cluster, without a background column, (B, T, C).
        video_scores: score of each video for each cluster, normalised by the method (softmax or sigmoid), (B, C).
        actionness: score of each snippet for any action, (B, T). None: the method has none.
        streams: ``(class_map, video_scores)`` of each stream that also predicts alone, by modality. Actionness and
            proposals serve the streams too.
        proposals: segments of each video that the method found itself, B of them, in units of snippets; their columns
            are clusters. None: the post-processor looks for segments in the scores.

    Raises:
        InputError: the shapes do not fit each other.
    """

    class_map: Tensor
    video_scores: Tensor
    actionness: Tensor | None = None
    streams: Mapping[str, tuple[Tensor, Tensor]] = field(default_factory=dict)
    proposals: list[Proposals] | None = None

    def __post_init__(self) -> None:
        if self.class_map.ndim != 3:
            raise InputError(f'class_map has shape {tuple(self.class_map.shape)}', remedy='return (B, T, C)')
        videos, snippets, clusters = self.class_map.shape
        expected: dict[str, tuple[Tensor, tuple[int, ...]]] = {'video_scores': (self.video_scores, (videos, clusters))}
        if self.actionness is not None:
            expected['actionness'] = (self.actionness, (videos, snippets))
        for name, (class_map, video_scores) in self.streams.items():
            expected[f'class_map of stream {name!r}'] = (class_map, (videos, snippets, clusters))
            expected[f'video_scores of stream {name!r}'] = (video_scores, (videos, clusters))
        for name, (values, shape) in expected.items():
            if tuple(values.shape) != shape:
                raise InputError(
                    f'{name} has shape {tuple(values.shape)}, but class_map is {(videos, snippets, clusters)}',
                    remedy=f'return {shape}',
                )
        if self.proposals is not None and len(self.proposals) != videos:
            raise InputError(
                f'{len(self.proposals)} sets of proposals for {videos} videos', remedy='return one of each video'
            )


@dataclass(frozen=True, eq=False)
class ScoredVideo:
    """What a post-processor localizes actions from; arrays or tensors.

    Attributes:
        views: ``A`` before any softmax, (T, C), and ``p_hat``, (C,), of each view: of the fused streams, of one alone.
        timing: start and length of the snippets in seconds.
        actionness: score of each snippet for any action, (T,), of all views. None: the method has none.
        proposals: segments that the method found itself, of all views. None: it finds none.
    """

    views: Sequence[tuple[Any, Any]]
    timing: SnippetTiming
    actionness: Any = None
    proposals: Proposals | None = None
