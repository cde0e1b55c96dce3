"""Draw the pictures of a finished run from its record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mmacl.clustering import video_groups
from mmacl.evaluation import count_confusion
from mmacl.runs.run_record import RunRecord
from mmacl.utils import InputError
from mmacl.visualization import (
    draw_affinity,
    draw_confusion,
    draw_embedding,
    draw_round_curves,
    draw_timeline,
    draw_training_curves,
    embed_videos,
)
from mmacl.visualization.video_sample import sample_videos

_BEST = 40


@dataclass(frozen=True, eq=False)
class RoundPicture:
    """A picture of a run.

    Attributes:
        name: file name without its ending, such as ``confusion_round_1`` or ``timelines/<video>``.
        title: a few words; ends in 'simulated' for simulated videos.
        caption: one or two sentences on what the picture shows.
        figure: for :func:`~mmacl.visualization.save_figure` or :func:`~mmacl.visualization.figure_to_rgb`.
    """

    name: str
    title: str
    caption: str
    figure: Figure


def round_pictures(
    record: RunRecord, rounds: Sequence[int] | None = None, videos: Sequence[str] = (), seed: int = 0
) -> Iterator[RoundPicture]:
    """Draw a run: curves, affinity (Fig. 4), confusion and embedding of each round, timelines (Fig. 5).

    A picture whose data the run did not record is left out: affinity and embedding without representations (weak
    supervision), confusion without a measured clustering. Without annotations, videos are ordered and coloured by their
    cluster in the last round. Of very many videos, affinity and embedding show a sample of them. Each picture is drawn
    when the iterator reaches it.

    Args:
        record: the run.
        rounds: rounds to draw; None: all finished rounds.
        videos: validation videos to draw timelines of.
        seed: of the embedding.

    Yields:
        The pictures, in the order above.

    Raises:
        InputError: a round is not finished, or a video is not one of the validation videos.
    """
    rounds = check_rounds(record, rounds)
    yield _round_curves(record, rounds)
    yield _training_curves(record)
    groups = _Groups(record, rounds[-1])
    known = {round_: rows for round_ in rounds if (rows := _sampled(record, round_, groups)) is not None}
    if known:
        yield _affinity(record, known, groups)
    for round_ in rounds:
        if any(row['round'] == round_ and 'cluster/purity' in row for row in record.rows):
            yield _confusion(record, round_, groups)
    for round_, rows in known.items():
        yield _embedding(record, round_, rows, groups, seed)
    for video in videos:
        yield timeline_picture(record, video, rounds)


def timeline_picture(record: RunRecord, video: str, rounds: Sequence[int] | None = None) -> RoundPicture:
    """Draw the timeline of a validation video: ground truth, detections by round, A and S of the last round (Fig. 5).

    A method without S has no curve of it.

    Args:
        record: the run.
        video: name of the video.
        rounds: rounds to draw; None: all finished rounds.

    Raises:
        InputError: a round is not finished, or a video is not one of the validation videos.
    """
    rounds = check_rounds(record, rounds)
    sample = record.sample(video, rounds[-1])
    found = {round_: record.instances(video, round_) for round_ in rounds}
    figure = draw_timeline(sample, record.classes, max_detections=_BEST, simulated=record.simulated, rounds=found)
    s = ' and S' if sample.attention_curve.class_agnostic is not None else ''
    caption = (
        f'Ground truth; the {_BEST} best detections of each round, as far as they fit, stronger colour for a higher '
        f'score; A of the predicted cluster{s} after round {rounds[-1]}, with the ground truth shaded.'
    )
    return _picture(record, f'timelines/{video}', video, caption, figure)


def check_rounds(record: RunRecord, rounds: Sequence[int] | None) -> tuple[int, ...]:
    """Return the chosen rounds, rising; None chooses all.

    Raises:
        InputError: a chosen round is not finished, or there is none.
    """
    chosen = record.rounds if rounds is None else tuple(sorted(set(rounds)))
    if not (record.rounds and chosen):
        raise InputError(
            'no round is finished', file=record.work_dir, remedy='wait until the training has finished a round'
        )
    for round_ in chosen:
        if round_ not in record.rounds:
            done = ', '.join(map(str, record.rounds))
            raise InputError(f'round {round_} is not finished', file=record.work_dir, remedy=f'choose from {done}')
    return chosen


class _Groups:
    """Group of each video for order and colour, looked up for the videos of any round."""

    def __init__(self, record: RunRecord, round_: int) -> None:
        labels = record.labels(round_)
        counts = record.action_counts(labels.video_names)
        numbers, self.names, self.what = video_groups(labels.memberships, counts, record.classes, round_)
        self._of_video = dict(zip(labels.video_names, numbers.tolist(), strict=True))

    def of(self, video_names: tuple[str, ...]) -> NDArray[np.int64]:
        """Return the group of each video, (N,), -1 for none."""
        return np.array([self._of_video.get(name, -1) for name in video_names], dtype=np.int64)


def _round_curves(record: RunRecord, rounds: tuple[int, ...]) -> RoundPicture:
    rows = [row for row in record.rows if row['round'] in rounds]
    caption = (
        'Agreement of clusters and classes of the training videos (Table 3), and mAP on the validation videos '
        '(Table 4), after each round.'
    )
    return _picture(
        record, 'round_curves', 'Round by round', caption, draw_round_curves(rows, simulated=record.simulated)
    )


def _training_curves(record: RunRecord) -> RoundPicture:
    figure = draw_training_curves(record.losses(), record.round_ends(), simulated=record.simulated)
    caption = (
        'The logged losses, a line for each stream that has its own. Dashed lines mark the end of a round; the next '
        'starts a new model.'
    )
    return _picture(record, 'training_curves', 'Training losses', caption, figure)


def _sampled(record: RunRecord, round_: int, groups: _Groups) -> NDArray[np.floating[Any]] | None:
    """The representations of the videos that pictures show; of all rounds, no more are in memory at a time."""
    rows = record.representations(round_)
    return None if rows is None else rows[sample_videos(groups.of(record.labels(round_).video_names))]


def _affinity(record: RunRecord, known: dict[int, Any], groups: _Groups) -> RoundPicture:
    numbers = groups.of(record.labels(min(known)).video_names)
    order = numbers[sample_videos(numbers)]
    figure = draw_affinity(
        known, order, groups.names, ordered_by=groups.what, simulated=record.simulated, out_of=len(numbers)
    )
    caption = (
        f'Affinity of each pair of training videos, ordered by {groups.what} (Fig. 4). The brighter the squares along '
        'the diagonal compared with the rest, the easier videos of one action are to separate from others.'
    )
    return _picture(record, 'affinity', 'Affinity of the training videos', caption, figure)


def _confusion(record: RunRecord, round_: int, groups: _Groups) -> RoundPicture:
    labels, classes = record.labels(round_), record.classes or ()
    counts = count_confusion(labels.memberships, groups.of(labels.video_names), len(classes))
    figure = draw_confusion(counts, classes, round=round_, simulated=record.simulated)
    caption = (
        'Training videos of each cluster by class. A frame marks the commonest class of a cluster; purity is the share '
        'of videos inside the frames.'
    )
    title = f'Clusters against classes, round {round_}'
    return _picture(record, f'confusion_round_{round_}', title, caption, figure)


def _embedding(record: RunRecord, round_: int, rows: Any, groups: _Groups, seed: int) -> RoundPicture:
    numbers = groups.of(record.labels(round_).video_names)
    shown = numbers[sample_videos(numbers)]
    facts: dict[str, Any] = {'round': round_, 'what': groups.what, 'simulated': record.simulated}
    figure = draw_embedding(embed_videos(rows, seed), shown, groups.names, out_of=len(numbers), **facts)
    caption = (
        f'The representations that round {round_} clustered, in two dimensions (PCA and t-SNE, seed {seed}). Only '
        f'neighbourhood has a meaning. Colour and marker: {groups.what}.'
    )
    return _picture(record, f'embedding_round_{round_}', f'Videos by representation, round {round_}', caption, figure)


def _picture(record: RunRecord, name: str, title: str, caption: str, figure: Figure) -> RoundPicture:
    return RoundPicture(name, f'{title} · simulated' if record.simulated else title, caption, figure)
