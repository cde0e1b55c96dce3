"""Read annotations and a file of detections, and match them, for the commands that score detections."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from typing import Any

from mmacl.datasets.annotations.annotation_format import open_annotations
from mmacl.evaluation.detections_file import MatchedDetections, read_detections
from mmacl.evaluation.functional.segment_table import SegmentTable
from mmacl.evaluation.ground_truth import ALL_SUBSETS, GroundTruth, subset_of
from mmacl.evaluation.video_lists import video_list_named


@dataclass(frozen=True, eq=False)
class ScoringInput:
    """Ground truth and detections of the videos that are scored.

    Attributes:
        truth: ground truth.
        matched: detections of its videos.
        subset: that is scored; None: all videos.
        video_list: name of the list of videos; empty: none.
        first_id: the id of the first class, for labels that are ids.
        simulated: whether the results say that the videos are simulated.
        selection: what the results say of the selection of the model; empty: nothing.
        annotation_notes: what the reader of the annotations says about how it understood them.
    """

    truth: GroundTruth
    matched: MatchedDetections
    subset: str | None
    video_list: str
    first_id: int
    simulated: bool
    selection: str
    annotation_notes: tuple[str, ...] = ()

    @property
    def detections(self) -> SegmentTable:
        """The detections that are scored."""
        return self.matched.table

    @property
    def videos(self) -> str:
        """Which videos are scored, in words."""
        if self.video_list:
            return f'list {self.video_list}'
        return 'all videos' if self.subset is None else f'all of subset {self.subset}'

    def notes(self) -> list[str]:
        """Return remarks on detections and annotations, one line each."""
        found = self.matched
        lines = [f'{len(found.table)} detections in {len(set(found.table.videos.tolist()))} of these videos']
        if found.num_left_out:
            lines[0] += f'; {found.num_left_out} in videos that are not scored were left out'
        if found.num_empty:
            ends = f' ({found.num_reversed} reversed)' if found.num_reversed else ''
            lines.append(f'detections without length: {found.num_empty}{ends}; they count as false positives')
        if found.num_by_id:
            first = f'id {self.first_id} is {self.truth.classes[0]!r}, the first class; --first-id changes that'
            lines.append(f'detections whose label is an id: {found.num_by_id}; {first}')
        return [*lines, *(f'{self.truth.source}: {note}' for note in self.annotation_notes)]

    def as_json(self) -> dict[str, Any]:
        """Return what was scored, by the keys that the JSON of the commands shares."""
        return {
            'subset': self.subset,
            'video_list': self.video_list or None,
            'videos': len(self.truth.video_names),
            'instances': len(self.truth.instances),
            **self.truth.clipping.as_json(),
            'detections': len(self.detections),
            'detections_left_out': self.matched.num_left_out,
            'detections_without_length': self.matched.num_empty,
            'detections_reversed': self.matched.num_reversed,
            'detections_with_class_ids': self.matched.num_by_id,
            'first_id': self.first_id if self.matched.num_by_id else None,
            'simulated': self.simulated,
            'selection': self.selection,
        }


def read_scoring_input(
    annotations: str | PathLike[str],
    results: str | PathLike[str],
    layout: str | None = None,
    subset: str | None = None,
    video_list: str | None = None,
    ambiguous: str | PathLike[str] | None = None,
    first_id: int = 0,
) -> ScoringInput:
    """Read annotations and detections, and match them.

    Args:
        annotations: a file or folder in any layout that is known.
        results: detections.
        layout: of the annotations; None: seen from the path.
        subset: name of the subset; :data:`ALL_SUBSETS`: all of them; None: the one that the results belong to.
        video_list: name of a list of videos; None: all videos of the subset.
        ambiguous: text file of ambiguous segments; None: those of the annotations.
        first_id: the id of the first class, for labels that are ids.

    Raises:
        InputError: a file cannot be read, or the two do not fit each other.
    """
    found = read_detections(results, annotations)
    source = str(annotations)
    read = open_annotations(annotations, layout)
    if subset is None:
        subset = subset_of(read.records, found.video_names, source)
    elif subset == ALL_SUBSETS and subset not in {record.subset for record in read.records}:
        subset = None
    truth = GroundTruth.from_annotations(read, subset, source)
    if video_list:
        truth = truth.on_list(video_list_named(video_list))
    if ambiguous:
        truth = truth.with_ambiguous(ambiguous)
    return ScoringInput(
        truth=truth,
        matched=found.match(truth.video_names, truth.classes, first_id),
        subset=subset,
        video_list=video_list_named(video_list).name if video_list else '',
        first_id=first_id,
        simulated=found.external.get('simulated') is True,
        selection=str(found.external.get('selection', '')),
        annotation_notes=read.notes,
    )
