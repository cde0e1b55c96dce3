"""Check all subsets of a data set, and what they have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from mmacl.dataset_tools.fault import Fault
from mmacl.dataset_tools.inspection.inspect_subset import Progress, inspect_subset
from mmacl.dataset_tools.inspection.stream_faults import VideoFacts, duplicate_faults
from mmacl.dataset_tools.inspection.subjects import Subject
from mmacl.dataset_tools.inspection.subset_report import SubsetReport


@dataclass(frozen=True)
class Inspection:
    """The result of a check.

    Attributes:
        subsets: one report each.
        faults: of all of them, each once, faults before warnings, by kind.
    """

    subsets: list[SubsetReport]
    faults: list[Fault]

    @property
    def clean(self) -> bool:
        """Whether nothing is worse than a warning."""
        return all(fault.warning for fault in self.faults)

    def counts(self, warning: bool) -> dict[str, int]:
        """How many faults, or warnings, there are of each kind."""
        return dict(Counter(fault.kind for fault in self.faults if fault.warning == warning))

    def to_json(self) -> dict[str, Any]:
        """One object with everything."""
        return {
            'clean': self.clean,
            'fault_counts': self.counts(False),
            'warning_counts': self.counts(True),
            'faults': [asdict(fault) for fault in self.faults if not fault.warning],
            'warnings': [asdict(fault) for fault in self.faults if fault.warning],
            'subsets': {report.name: report.to_json() for report in self.subsets},
        }


def inspect(
    subjects: Sequence[Subject],
    jobs: int = 4,
    accept: Collection[str] = (),
    progress: Progress | None = None,
    known: Sequence[Fault] = (),
) -> Inspection:
    """Read everything once and find all faults.

    Args:
        subjects: the subsets.
        jobs: videos that are read at the same time.
        accept: kinds of faults that count as warnings.
        progress: passes the facts of the videos of a subset on, and shows how far the work is.
        known: faults that were found before, such as a data set that could not be built.
    """
    subsets = [inspect_subset(subject, jobs, progress or _silently) for subject in subjects]
    faults = [*known, *(replace(fault, subset=report.name) for report in subsets for fault in report.faults)]
    faults += _between(subsets)
    faults = _one_each(faults)
    faults = [replace(fault, warning=fault.warning or fault.kind in accept) for fault in faults]
    return Inspection(subsets, sorted(faults, key=lambda fault: (fault.warning, fault.kind)))


def _between(subsets: Sequence[SubsetReport]) -> list[Fault]:
    """Faults between subsets."""
    # Without annotations every video is trained on and tested on, as docs/en/data.md says.
    apart = {report.name: report.videos for report in subsets if report.annotated}
    together = {report.name: report.videos for report in subsets if not report.annotated}
    faults = duplicate_faults(apart or dict(list(together.items())[:1]))
    files = {name: file for report in subsets for name, file in report.unannotated.items()}
    for name in sorted(set(files).difference(*(report.known for report in subsets))):
        what = 'there are features, but the video is not annotated'
        remedy = 'annotate it; it is not used without'
        faults.append(Fault('not annotated', what, files[name], remedy, name, warning=True))
    return faults


def _one_each(faults: Iterable[Fault]) -> list[Fault]:
    """Each fault once: a fault of a file that several subsets share belongs to none of them."""
    first: dict[Fault, Fault] = {}
    for fault in faults:
        key = replace(fault, subset='')
        first[key] = fault if key not in first or first[key].subset == fault.subset else key
    return list(first.values())


def _silently(results: Iterable[VideoFacts], subset: str, count: int) -> Iterable[VideoFacts]:
    return results
