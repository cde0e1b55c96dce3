"""Look at one subset, from its annotations to the last value of its features."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from difflib import get_close_matches
from functools import partial
from pathlib import Path

import numpy as np

from mmacl.dataset_tools.inspection.class_balance import class_balance, empty_class_faults
from mmacl.dataset_tools.inspection.drift import Drift, drift_faults
from mmacl.dataset_tools.inspection.fault import Fault, merge
from mmacl.dataset_tools.inspection.record_faults import label_faults, record_faults
from mmacl.dataset_tools.inspection.stream_faults import length_faults, width_faults
from mmacl.dataset_tools.inspection.subject import Subject
from mmacl.dataset_tools.inspection.subset_report import SubsetReport
from mmacl.dataset_tools.inspection.video_facts import VideoFacts, look_at_video
from mmacl.datasets.annotations import AnnotationSet, VideoRecord, check_video_name
from mmacl.datasets.stores import CachedStore, FeatureStore
from mmacl.datasets.untrimmed_video_dataset import UntrimmedVideoDataset
from mmacl.structures import SnippetTiming
from mmacl.utils import InputError
from mmacl.utils.collected_errors import collect_errors

Progress = Callable[[Iterable[VideoFacts], str, int], Iterable[VideoFacts]]
"""Passes results on, and shows how far they have come: results, name of the subset, how many there will be."""


def inspect_subset(subject: Subject, jobs: int, progress: Progress) -> SubsetReport:
    """Find all faults of a subset.

    Args:
        subject: what to look at.
        jobs: videos that are read at the same time, each in a thread, and let go of one by one.
        progress: shows how far it is.
    """
    dataset = subject.dataset
    report = SubsetReport(subject.name, modalities=dataset.modalities, timing_stated=subject.timing_stated)
    report.simulated = bool(dataset.metainfo.get('simulated', False))
    store = dataset.store = dataset.build_store()
    if isinstance(store, CachedStore):
        store.budget_bytes = 0  # everything is read once, and what the cache refuses is refused here too
    annotations = _read(dataset, report)
    source = str(dataset.ann_file or dataset.data_root or subject.name)
    listed = _listed(store, dataset.modalities, source, report)
    report.records = _select(annotations, dataset, listed, source, report)
    report.dataset = str(dataset.metainfo.get('dataset_name', '')) or Path(dataset.data_root).resolve().name

    names = [record.video_name for record in report.records]
    with ThreadPoolExecutor(jobs) as pool:
        try:
            results = pool.map(partial(look_at_video, store, modalities=dataset.modalities), names)
            report.videos = list(progress(results, subject.name, len(names)))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    for facts in report.videos:
        report.faults += [*facts.faults, *length_faults(facts, dataset.length_tolerance)]
    report.faults += width_faults(report.videos, dataset.modalities, dataset.stated_dims)

    classes = dataset.metainfo.get('classes') or (annotations.class_names() if annotations else None)
    _judge_timing(subject, report, source)
    covered = {drift.video: drift.covered for drift in report.drifts}
    for record, facts in zip(report.records, report.videos, strict=True):
        end = _timing_of(dataset, facts) if subject.timing_stated and record.duration is None else None
        report.faults += record_faults(record, dataset.rules, classes, source, end)
        report.faults += _beyond(record, covered.get(record.video_name), source)
    if report.annotated:
        report.faults += label_faults(report.records, source)
        report.balance = class_balance(report.records, classes or ())
        refused = subject.trains and not dataset.allow_empty_classes
        report.faults += empty_class_faults(report.balance, source, refused)
        others = (name for name in listed if name not in report.known)
        report.unannotated = {name: store.describe(name, dataset.modalities[0]) for name in others}
    report.faults = _with_hints(merge(report.faults), report.unannotated)
    if not any(not fault.warning for fault in report.faults) and report.videos:
        report.faults += _what_else(dataset, subject, source)
    return report


def _read(dataset: UntrimmedVideoDataset, report: SubsetReport) -> AnnotationSet | None:
    """The annotations as far as they can be read."""
    file = str(dataset.ann_file)
    with collect_errors() as errors:
        try:
            annotations = dataset.read_annotations()
        except InputError as error:
            annotations = None
            errors.append(error)
    report.faults += [fault for found in errors for fault in Fault.from_error(found, 'annotation', [file])]
    report.known = {found.video for found in errors} | dataset.exclude
    report.known.update(record.video_name for record in (annotations.records if annotations else ()))
    report.annotated = annotations is not None and any(record.labels for record in annotations.records)
    return annotations


def _listed(store: FeatureStore, modalities: Sequence[str], source: str, report: SubsetReport) -> list[str]:
    """Names of all videos that have a feature."""
    names: set[str] = set()
    for modality in modalities:
        try:
            names.update(store.list_videos(modality))
        except InputError as error:
            report.faults += Fault.from_error(error, 'damaged file', [source])
    return sorted(names)


def _select(
    annotations: AnnotationSet | None,
    dataset: UntrimmedVideoDataset,
    listed: Sequence[str],
    source: str,
    report: SubsetReport,
) -> list[VideoRecord]:
    """Records of the subset; without annotations, of all videos that have features."""
    if annotations is None:
        chosen = []
        for name in listed:
            if name not in dataset.exclude:
                try:
                    check_video_name(name, source)
                    chosen.append(VideoRecord(name))
                except InputError as error:
                    report.faults += Fault.from_error(error, 'name', [source], name)
        if not chosen and not any(fault.kind == 'missing' for fault in report.faults):
            remedy = 'put features there, or correct the folder'
            report.faults.append(Fault('no videos', 'there are no features', source, remedy, subset=report.name))
        return chosen
    once = {record.video_name: record for record in reversed(annotations.records)}
    records = [record for record in annotations.records if once[record.video_name] is record]
    try:
        return AnnotationSet(records, annotations.classes).select(dataset.subsets, dataset.exclude, source)
    except InputError as error:
        report.faults += Fault.from_error(error, 'subset', [source])
        return [
            record
            for record in records
            if record.subset in (dataset.subsets or ()) and record.video_name not in dataset.exclude
        ]


def _timing_of(dataset: UntrimmedVideoDataset, facts: VideoFacts) -> SnippetTiming | None:
    """Where the snippets of a video lie, if that can be said without its duration."""
    if facts.num_snippets is None or dataset.timing_rule.needs_duration:
        return None
    return dataset.timing_rule.timing(facts.num_snippets, None)


def _judge_timing(subject: Subject, report: SubsetReport, source: str) -> None:
    """Hold snippets against durations."""
    rule = subject.dataset.timing_rule
    if rule.needs_duration and subject.timing_stated:
        for record in report.records:
            if record.duration is None:
                what = "no duration, which timing mode='duration' needs"
                remedy = 'annotate it, or state fps and snippet_stride'
                report.faults.append(Fault('duration', what, source, remedy, record.video_name))
    known = [
        (facts, facts.num_snippets, record.duration)
        for record, facts in zip(report.records, report.videos, strict=True)
        if record.duration is not None and 0 < record.duration < np.inf and facts.num_snippets is not None
    ]
    seconds = rule.snippet_duration
    report.timing_stated = seconds is not None
    if seconds is None and known:
        seconds = float(np.median([duration / length for _, length, duration in known]))
    report.snippet_duration = seconds
    if seconds is None:
        return
    report.drifts = [
        Drift(
            facts.video,
            next(iter(facts.streams.values())).file,
            length,
            rule.offset + length * seconds,
            duration,
            seconds,
        )
        for facts, length, duration in known
    ]
    same_length = len({length for _, length, _ in known}) == 1 and len(known) > 1
    if report.timing_stated or not same_length:  # else every video was brought to one number of snippets
        report.faults += drift_faults(report.drifts, report.timing_stated)


def _beyond(record: VideoRecord, covered: float | None, source: str) -> list[Fault]:
    """Segments inside the video, but behind the end of its last snippet, ``covered`` seconds from its start."""
    faults: list[Fault] = []
    if covered is None:
        return faults
    for (start, end), label in zip(record.segments.tolist(), record.labels, strict=True):
        if covered <= start < end <= (record.duration or 0.0):
            what = f'segment [{start:g}, {end:g}] of {label!r} lies behind the last snippet ({covered:.2f} s)'
            remedy = 'extract the whole video, or correct the timing'
            faults.append(Fault('behind the features', what, source, remedy, record.video_name, warning=True))
    return faults


def _with_hints(faults: Sequence[Fault], unannotated: Iterable[str]) -> list[Fault]:
    """Missing features may have another name."""
    hinted = []
    for fault in faults:
        near = get_close_matches(fault.video, unannotated, 1, 0.8) if fault.kind == 'missing' else []
        hint = f'rename the features of {near[0]!r}, which is not annotated, if they are meant; else ' if near else ''
        hinted.append(
            Fault(fault.kind, fault.what, fault.file, hint + fault.remedy, fault.video, fault.subset, fault.warning)
        )
    return hinted


def _what_else(dataset: UntrimmedVideoDataset, subject: Subject, source: str) -> list[Fault]:
    """What the data set itself refuses, and no check above has found."""
    if not subject.timing_stated:
        return []
    try:
        dataset.check_files()
    except InputError as error:
        return Fault.from_error(error, 'other', [source])
    return []
