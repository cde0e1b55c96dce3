"""Build the page of a run from its record."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from difflib import unified_diff
from itertools import pairwise
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from mmacl.engine.round_tables import describe_overlap
from mmacl.evaluation.error_analysis import Diagnosis, diagnose
from mmacl.reports.page.render import Picture, picture_of, render_page
from mmacl.reports.page.round_tables import Table, key_figures, round_tables, thresholds_of
from mmacl.reports.page.run_segments import RunSegments, run_segments
from mmacl.reports.page.tables_page import method_tables_beside
from mmacl.reports.page.timeline_data import Limits
from mmacl.reports.page.video_data import VideoData, video_data
from mmacl.reports.round_pictures import RoundPicture, check_rounds, round_pictures
from mmacl.runs.run_record import RunRecord
from mmacl.structures import ActionNames
from mmacl.utils import InputError, check_can_write, write_text_atomically
from mmacl.visualization.error_plots import draw_diagnosis

_CAPTIONS = {
    'false_positives': 'Left: types of the best detections of each class, by slice of the ranking. Right: gain in '
    'normalised mAP if all errors of a type were removed.',
    'sensitivity': 'Normalised mAP of the instances in each bin.',
    'missed': 'The share of the instances in each bin that no detection found.',
}


def write_report(
    work_dir: str | PathLike[str],
    out: str | PathLike[str],
    round_: int | None = None,
    names: ActionNames | None = None,
) -> Path:
    """Write the report of a run as one HTML file that loads nothing from the network.

    Args:
        work_dir: of a training, finished or not.
        out: the file.
        round_: last round to show; None: the last finished one.
        names: names of the clusters of that round.

    Returns:
        The file.

    Raises:
        InputError: the folder holds no record, there is no such round, or ``out`` cannot be written.
    """
    path = Path(out)
    record = RunRecord(work_dir)
    check_can_write(path, '--out')
    rounds = [number for number in record.rounds if round_ is None or number <= round_]
    # Without annotations, or after one round, there is nothing that goes up or down.
    curved = len(rounds) > 1 and any('/' in key for row in record.rows for key in row)
    drawn = round_pictures(record, rounds) if rounds else ()
    pictures = [_embedded(picture) for picture in drawn if curved or picture.name != 'round_curves']
    write_text_atomically(path, build_report(record, pictures, round_, names=names))
    return path


def _embedded(picture: RoundPicture) -> Picture:
    """Embed a picture in the page, whose badges say what is simulated."""
    title = picture.title.removesuffix(' · simulated')
    return picture_of(picture.figure, title, f'{picture.title}. {picture.caption}', picture.caption)


def build_report(
    record: RunRecord,
    pictures: Sequence[Picture] = (),
    round_: int | None = None,
    limits: Limits | None = None,
    names: ActionNames | None = None,
) -> str:
    """Build the page of a run.

    Args:
        record: the record of the run.
        pictures: shown between tables and videos.
        round_: last round to show; None: the last finished one.
        limits: how much of each video to keep; None: by the number of videos.
        names: names of the clusters of the last round shown.

    Raises:
        InputError: there is no such round, or there are names and the annotations of the run name the clusters.
    """
    finished = check_rounds(record, None if round_ is None else [round_])
    rows = [row for row in record.rows if row['round'] <= finished[-1]]
    rounds = [row['round'] for row in rows]
    tious = thresholds_of(rows)
    segments = run_segments(record, rounds, names)
    limits = limits or Limits.of(len(segments.videos), len(rounds))
    videos = video_data(record, segments, rounds, tious, limits)
    diagnosis = _diagnosis(segments, rounds[-1], record.classes)
    facts = _facts(segments, rounds[-1], record.simulated)
    info, configs = record.info, {number: _config(record, number) for number in rounds}
    config = configs[rounds[-1]]
    weak = config is not None and "type='AnnotatedLabels'" in config
    labels = {number: record.labels(number) for number in rounds}
    # Under weak supervision the clusters are the annotated classes.
    memberships = None if weak else {number: found.memberships for number, found in labels.items()}
    return render_page(
        {
            'info': info,
            'simulated': record.simulated,
            'strict': info['selection'].startswith('strict') and not any(row.get('best_on_test') for row in rows),
            'rounds': rounds,
            'finished': record.rounds,
            'planned': info.get('rounds', len(record.rounds)),
            'recorded': _written(record),
            'figures': key_figures(rows),
            'tables': round_tables(rows, memberships),
            'measured': bool(round_tables(rows)),
            'chance': any(key.startswith('chance/') for key in rows[-1]),
            'methods': method_tables_beside(record.work_dir),
            'pictures': pictures,
            'videos': videos.content,
            'left_out': videos.num_videos - len(videos.names),
            'num_videos': videos.num_videos,
            'best_of_each': record.best_of_each(rounds[-1]),
            'num_validated': len(segments.videos),
            'num_trained': len(labels[rounds[-1]].video_names),
            'overlap': describe_overlap(labels[rounds[-1]].video_names, segments.videos),
            'extremes': _extremes(videos, segments),
            'tious': tious,
            'limits': limits,
            'agnostic': any('S' in video.get('curves', ()) for video in videos.content['videos']),
            'truth': len(segments.truth) > 0,
            'diagnosis': diagnosis,
            'diagnosis_facts': facts,
            'diagnosis_tables': [] if diagnosis is None else _diagnosis_tables(diagnosis),
            'diagnosis_pictures': [] if diagnosis is None else _diagnosis_pictures(diagnosis, facts),
            'config': config,
            'config_changes': _config_changes(configs),
            'weak': weak,
        }
    )


def _diagnosis(segments: RunSegments, round_: int, classes: Sequence[str] | None) -> Diagnosis | None:
    if not len(segments.truth):
        return None
    return diagnose(segments.truth, segments.rounds[round_].table, segments.durations, len(classes or segments.labels))


def _diagnosis_tables(diagnosis: Diagnosis) -> list[Table]:
    slices, gains, kinds = diagnosis.slices_table(), diagnosis.gains_table(), diagnosis.characteristics_table()
    return [
        Table('Detections by type in slices of the ranking (%)', slices[0], slices[1:]),
        Table(diagnosis.gains_caption(), gains[0], gains[1:]),
        Table(diagnosis.characteristics_caption(), kinds[0], kinds[1:]),
    ]


def _diagnosis_pictures(diagnosis: Diagnosis, facts: str) -> list[Picture]:
    figures = draw_diagnosis(diagnosis, f'{diagnosis.at}, {facts}')
    return [
        picture_of(
            figure,
            name.replace('_', ' ').capitalize(),
            f'{_CAPTIONS[name]} The tables of this section hold the same figures.',
            _CAPTIONS[name],
        )
        for name, figure in figures.items()
    ]


def _facts(segments: RunSegments, round_: int, simulated: bool) -> str:
    found = segments.rounds[round_].table
    parts = [
        f'round {round_}',
        f'{len(segments.videos):,} videos, {len(segments.truth):,} instances, {len(found):,} detections',
        str(segments.clipping),
        'simulated data' if simulated else '',
    ]
    return ', '.join(filter(None, parts))


def _extremes(videos: VideoData, segments: RunSegments) -> dict[str, Any]:
    """Describe the best and the worst validation videos by their places in the list."""
    numbers = np.bincount(segments.truth.videos, minlength=len(segments.videos))

    def described(number: int) -> dict[str, Any]:
        place = int(np.searchsorted(videos.listed, number))
        entry = videos.content['videos'][place]
        truth = dict.fromkeys(label for label in entry.get('truth', [])[2::3] if label >= 0)
        found = dict.fromkeys(entry['found'][-1][2::6])
        return {
            'number': place,
            'name': entry['name'],
            'value': f'{100 * videos.keys[number]:.1f}' if videos.by_truth else f'{videos.keys[number]:.3f}',
            'instances': int(numbers[number]),
            'truth': [segments.labels[label] for label in truth],
            'found': [segments.labels[label] for label in found][:3],
        }

    return {
        'by_truth': videos.by_truth,
        'best': [described(number) for number in videos.best],
        'worst': [described(number) for number in videos.worst],
    }


def _config(record: RunRecord, round_: int) -> str | None:
    """Read the composed config of a round; None if there is none or it is damaged."""
    try:
        text = record.config(round_)
        ast.parse(text or '')
    except (InputError, ValueError, SyntaxError):
        return None
    return text


def _config_changes(configs: Mapping[int, str | None]) -> list[tuple[int, str]]:
    """Compare the config of each round with that of the round before: (round, changed lines), if any changed."""
    # A resume sets these itself.
    lines = {
        round_: [line for line in (text or '').splitlines() if not re.match(r'(load_from|resume|work_dir) = ', line)]
        for round_, text in configs.items()
    }
    found = []
    for before, after in pairwise(lines):
        changed = list(unified_diff(lines[before], lines[after], n=0, lineterm=''))[2:]
        if changed:
            found.append((after, '\n'.join(line for line in changed if not line.startswith('@@'))))
    return found


def _written(record: RunRecord) -> str:
    """Return the time when the last round was recorded."""
    seconds = (record.work_dir / 'records' / 'run.json').stat().st_mtime
    return datetime.fromtimestamp(seconds, timezone.utc).strftime('%Y-%m-%d %H:%M UTC')
