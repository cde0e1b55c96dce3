"""Check one subset, from its annotations to the last value of its features."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from mmacl.dataset_tools.fault import Fault, merge
from mmacl.dataset_tools.inspection.record_faults import (
    class_balance,
    empty_class_faults,
    label_faults,
    record_faults,
)
from mmacl.dataset_tools.inspection.stream_faults import VideoFacts, length_faults, look_at_video, width_faults
from mmacl.dataset_tools.inspection.subjects import Subject
from mmacl.dataset_tools.inspection.subset_report import SubsetReport
from mmacl.dataset_tools.inspection.timing_faults import USUAL_SECONDS, USUAL_WINDOW, Drift, drift_faults, late_segments
from mmacl.datasets.annotations import AnnotationSet, VideoRecord, check_video_name
from mmacl.datasets.stores import CachedStore, FeatureStore
from mmacl.datasets.timing_rule import TimingRule
from mmacl.datasets.untrimmed_videos import UntrimmedVideos
from mmacl.utils import InputError
from mmacl.utils.collected_errors import collect_errors

Progress = Callable[[Iterable[VideoFacts], str, int], Iterable[VideoFacts]]
"""Passes results on, and shows how far the work is: results, name of the subset, how many there will be."""


def inspect_subset(subject: Subject, jobs: int, progress: Progress) -> SubsetReport:
    """Find all faults of a subset.

    Args:
        subject: the subset.
        jobs: videos that are read at the same time, each in a thread.
        progress: shows how far the work is.
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
    everything = sorted(set().union(*listed.values()))
    report.records = _select(annotations, dataset, everything, source, report)
    report.dataset = str(dataset.metainfo.get('dataset_name', '')) or Path(dataset.data_root).resolve().name

    names = [record.video_name for record in report.records]
    known = report.known if annotations else set.intersection(*listed.values()) | dataset.exclude
    strangers = {modality: videos - known for modality, videos in listed.items()}
    look = partial(look_at_video, store, modalities=dataset.modalities, strangers=strangers)
    with ThreadPoolExecutor(jobs) as pool:
        try:
            report.videos = list(progress(pool.map(look, names), subject.name, len(names)))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    for facts in report.videos:
        report.faults += [*facts.faults, *length_faults(facts, dataset.length_tolerance)]
    report.faults += width_faults(report.videos, dataset.modalities, dataset.stated_dims)

    classes = dataset.metainfo.get('classes') or (annotations.class_names() if annotations else None)
    rules = _rules(subject, report)
    _judge_timing(subject, rules, report, source)
    covered = {drift.video: drift.covered for drift in report.drifts}
    for record, facts in zip(report.records, report.videos, strict=True):
        rule = rules.get(record.video_name)
        end = None
        if rule and not rule.needs_duration and record.duration is None and facts.num_snippets is not None:
            end = rule.timing(facts.num_snippets, None)
        report.faults += record_faults(record, dataset.rules, classes, source, end)
        report.faults += late_segments(record, covered.get(record.video_name), source)
    if report.annotated:
        report.faults += label_faults(report.records, source)
        report.balance = class_balance(report.records, classes or ())
        refused = subject.trains and not dataset.allow_empty_classes
        report.faults += empty_class_faults(report.balance, source, refused)
        others = (name for name in everything if name not in report.known)
        report.unannotated = {name: store.describe(name, dataset.modalities[0]) for name in others}
    report.faults = merge(report.faults)
    if not any(not fault.warning for fault in report.faults) and report.videos:
        report.faults += _what_else(dataset, subject, source)
    return report


def _read(dataset: UntrimmedVideos, report: SubsetReport) -> AnnotationSet | None:
    """The annotations, as far as they can be read."""
    with collect_errors() as errors:
        try:
            annotations = dataset.read_annotations()
        except InputError as error:
            annotations = None
            errors.append(error)
    report.faults += [fault for found in errors for fault in Fault.from_error(found, 'annotation', dataset.ann_file)]
    report.known = {found.video for found in errors} | dataset.exclude
    report.known.update(record.video_name for record in (annotations.records if annotations else ()))
    report.annotated = annotations is not None and any(record.labels for record in annotations.records)
    return annotations


def _listed(store: FeatureStore, modalities: Sequence[str], source: str, report: SubsetReport) -> dict[str, set[str]]:
    """Names of the videos that have features, by modality."""
    listed: dict[str, set[str]] = {}
    for modality in modalities:
        listed[modality] = set()
        try:
            listed[modality].update(store.list_videos(modality))
        except InputError as error:
            report.faults += Fault.from_error(error, 'damaged file', source)
    return listed


def _select(
    annotations: AnnotationSet | None,
    dataset: UntrimmedVideos,
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
                    report.faults += Fault.from_error(error, 'name', source, name)
        if not chosen and not any(fault.kind == 'missing' for fault in report.faults):
            report.faults += _no_videos(dataset, source, report.name)
        return chosen
    once = {record.video_name: record for record in reversed(annotations.records)}
    records = [record for record in annotations.records if once[record.video_name] is record]
    try:
        return AnnotationSet(records, annotations.classes).select(dataset.subsets, dataset.exclude, source)
    except InputError as error:
        report.faults += Fault.from_error(error, 'subset', source)
        return [
            record
            for record in records
            if record.subset in (dataset.subsets or ()) and record.video_name not in dataset.exclude
        ]


def _no_videos(dataset: UntrimmedVideos, source: str, subset: str) -> list[Fault]:
    """There are no features at all; say what is there instead."""
    found = dict.fromkeys(instead for name in dataset.modalities for instead in dataset.store.look_around(name))
    what = 'there are no features'
    if not found:
        return [Fault('no videos', what, source, 'put features there, or correct the folder', subset=subset)]
    return [Fault('no videos', f'{what}, but {it.what}', source, it.remedy, subset=subset) for it in found]


def _rules(subject: Subject, report: SubsetReport) -> Mapping[str, TimingRule]:
    """The timing of each video, as far as it is stated."""
    timings = subject.dataset.timings
    if not subject.timing_stated:
        return {}
    try:
        return timings.rules(report.records, subject.dataset.store, subject.dataset.modalities[0])
    except InputError as error:
        report.faults += Fault.from_error(error, 'timing', timings.path or 'timing')
        return {}


def _judge_timing(subject: Subject, rules: Mapping[str, TimingRule], report: SubsetReport, source: str) -> None:
    """Compare snippets with durations."""
    if subject.timing_stated and subject.dataset.timings.needs_duration:
        for record in report.records:
            if record.duration is None:
                what = "no duration, which timing mode='duration' needs"
                remedy = 'annotate it, or state fps and snippet_stride'
                report.faults.append(Fault('duration', what, source, remedy, record.video_name))
    known = []
    for record, facts in zip(report.records, report.videos, strict=True):
        stated = rules[record.video_name].duration if record.video_name in rules else None
        duration = record.duration if record.duration is not None else stated
        if duration is not None and 0 < duration < np.inf and facts.num_snippets is not None:
            known.append((facts, facts.num_snippets, duration))
    steps = [rule.snippet_duration for rule in rules.values() if rule.snippet_duration is not None]
    report.timing_stated = bool(steps)
    estimate = float(np.median([duration / length for _, length, duration in known])) if known else None
    report.snippet_duration = (steps[0] if len(set(steps)) == 1 else None) if steps else estimate
    guess = None if estimate is None else TimingRule(estimate)
    for facts, length, duration in known:
        rule = rules.get(facts.video) if report.timing_stated else guess
        if rule is not None and rule.snippet_duration is not None:
            window = rule.window or min(USUAL_WINDOW * (rule.frame_duration or 0.0), USUAL_SECONDS)
            file, end = next(iter(facts.streams.values())).file, rule.offset + length * rule.snippet_duration
            report.drifts.append(Drift(facts.video, file, length, end, duration, rule.snippet_duration, window))
    same_length = len({length for _, length, _ in known}) == 1 and len(known) > 1
    if report.timing_stated or not same_length:  # else every video was brought to one number of snippets
        one_for_all = not report.timing_stated or subject.dataset.timings.one_for_all is not None
        report.faults += drift_faults(report.drifts, report.timing_stated, one_for_all)


def _what_else(dataset: UntrimmedVideos, subject: Subject, source: str) -> list[Fault]:
    """Faults that only the data set itself reports."""
    if not subject.timing_stated:
        return []
    try:
        dataset.check_files()
    except InputError as error:
        return Fault.from_error(error, 'other', source)
    return []
