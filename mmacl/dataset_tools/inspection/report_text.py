"""The result of a check as tables and lines for people."""

from __future__ import annotations

from collections.abc import Iterator

from terminaltables import AsciiTable

from mmacl.dataset_tools.inspection.inspection import Inspection
from mmacl.dataset_tools.inspection.subset_report import SubsetReport


def report_text(inspection: Inspection, num_drifts: int = 10, shown: int | None = None) -> Iterator[str]:
    """The parts of a report, in the order in which they are printed.

    Args:
        inspection: the result.
        num_drifts: the worst videos that the table of drifts names.
        shown: lines of each kind of fault; None: all.
    """
    if inspection.subsets:
        yield _summary(inspection)
    if any(report.balance for report in inspection.subsets):
        yield _balance(inspection)
    for report in inspection.subsets:
        if report.drifts and num_drifts:
            yield _drifts(report, num_drifts)
    for warning, word in ((True, 'warning'), (False, 'fault')):
        for kind, count in inspection.counts(warning).items():
            found = [fault for fault in inspection.faults if (fault.kind, fault.warning) == (kind, warning)]
            lines = [f'{word}s of kind {kind!r}: {count}', *(f'  {fault}' for fault in found[:shown])]
            if shown is not None and count > shown:
                lines.append(f'  ... and {count - shown} more; --json has all')
            yield '\n'.join(lines)
    num_faults, num_warnings = (sum(inspection.counts(warning).values()) for warning in (False, True))
    yield f'{num_faults or "no"} fault{"s" * (num_faults != 1)}, {num_warnings or "no"} warning' + 's' * (
        num_warnings != 1
    )


def _remark(report: SubsetReport) -> str:
    """Say that figures are simulated."""
    return ' (simulated)' if report.simulated else ''


def _summary(inspection: Inspection) -> str:
    rows = [['Subset', 'Videos', 'Streams', 'Snippets', 'Hours', 'Instances', 'Ambiguous', 'Faults', 'Warnings']]
    names = dict.fromkeys(
        report.dataset.removesuffix(' (simulated)') + _remark(report) for report in inspection.subsets
    )
    for report in inspection.subsets:
        streams = []
        for modality in report.modalities:
            found = [facts.streams[modality] for facts in report.videos if modality in facts.streams]
            widths = '/'.join(str(width) for width in sorted({stream.width for stream in found})) or 'none'
            streams.append(f'{modality} {len(found)} x {widths}')
        durations = [record.duration for record in report.records if record.duration is not None]
        whole = report.to_json()
        own = [fault for fault in inspection.faults if fault.subset == report.name]
        num_warnings = sum(fault.warning for fault in own)
        rows.append(
            [
                report.name,
                str(len(report.videos)),
                ', '.join(streams),
                str(whole['num_snippets']),
                f'{sum(durations) / 3600:.2f}' if durations else 'unknown',
                str(whole['num_instances']) if report.annotated else 'none',
                str(whole['num_ambiguous']),
                str(len(own) - num_warnings),
                str(num_warnings),
            ]
        )
    return AsciiTable(rows, ', '.join(names)).table


def _balance(inspection: Inspection) -> str:
    reports = [report for report in inspection.subsets if report.balance]
    rows = [['Class', *(f'{report.name}: {word}' for report in reports for word in ('videos', 'instances', 'share'))]]
    tables = [{row.name: row for row in report.balance} for report in reports]
    totals = [sum(row.instances for row in report.balance) or 1 for report in reports]
    for name in dict.fromkeys(name for table in tables for name in table):
        cells = [name]
        for table, total in zip(tables, totals, strict=True):
            row = table.get(name)
            cells += [str(row.videos), str(row.instances), f'{row.instances / total:.1%}'] if row else ['0', '0', '0 %']
        rows.append(cells)
    return AsciiTable(rows, f'Class balance{_remark(reports[0])}').table


def _drifts(report: SubsetReport, count: int) -> str:
    worst = sorted(report.drifts, key=lambda drift: -abs(drift.share))[:count]
    rows = [['Video', 'Snippets', 'Their end (s)', 'Duration (s)', 'Drift (s)', 'Drift (%)']]
    for drift in worst:
        rows.append(
            [
                drift.video,
                str(drift.num_snippets),
                f'{drift.covered:.2f}',
                f'{drift.duration:.2f}',
                f'{drift.seconds:+.2f}',
                f'{drift.share:+.2%}',
            ]
        )
    how = 'as stated' if report.timing_stated else 'the median, since no timing is stated'
    which = f'{report.name}{_remark(report)}: drift, worst {len(worst)} of {len(report.drifts)}'
    step = (
        'a timing for each video' if report.snippet_duration is None else f'{report.snippet_duration:.4g} s a snippet'
    )
    return f'{which}, at {step} ({how})\n{AsciiTable(rows).table}'
