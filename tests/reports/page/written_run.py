"""Writes the work_dir of a training that never was: what is recorded, in the form in which it is recorded."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from mmacl.structures import PseudoLabels
from mmacl.structures.attention_curve import AttentionCurve, save_curves

CONFIG = "model = dict(type='TwoStreamLocalizer')\ntrain_cfg = dict(num_rounds=3)\nnote = 'a < b & c'\n"
THRESHOLDS = (0.3, 0.5, 0.7)


def write_run(
    work_dir: Path,
    *,
    num_train: int = 12,
    num_val: int = 9,
    num_classes: int = 3,
    rounds: int = 2,
    planned_rounds: int = 2,
    annotated: bool = True,
    weak: bool = False,
    simulated: bool = True,
    selection: str = 'strict: last checkpoint, nothing chosen by labels',
    detections: int = 12,
    streams: tuple[str, ...] = ('rgb', 'flow'),
    classes: list[str] | None = None,
    video_names: list[str] | None = None,
    mean_duration: float = 60.0,
    agnostic: bool = True,
) -> Path:
    """A run; ``weak``: labels are the annotations, so that nothing is clustered; ``agnostic``: there is an S."""
    rng = np.random.default_rng(0)
    classes = classes or [f'class_{label}' for label in range(num_classes)]
    shown = classes if annotated else [f'cluster_{label:02d}' for label in range(num_classes)]
    train = [f'train_{index:04d}' for index in range(num_train)]
    val = video_names or [f'val_{index:04d}' for index in range(num_val)]
    seconds = {name: float(rng.uniform(0.5, 2) * mean_duration) for name in [*train, *val]}
    database = {}
    for index, name in enumerate([*train, *val]):
        starts = np.sort(rng.uniform(0, 0.9, rng.integers(1, 6))) * seconds[name]
        database[name] = {
            'subset': 'train' if index < num_train else 'test',
            'duration': seconds[name],
            'annotations': [
                {'label': classes[index % num_classes], 'segment': [start, start + 0.08 * seconds[name]]}
                for start in starts.tolist()
            ],
        }
    records = work_dir / 'records'
    rows = []
    for number in range(1, rounds + 1):
        folder = records / f'round_{number}'
        folder.mkdir(parents=True)
        assignments = np.arange(num_train) % num_classes
        moved = rng.random(num_train) < 0.5 / number
        assignments[moved] = rng.integers(0, num_classes, int(moved.sum()))
        PseudoLabels.from_assignments(tuple(train), assignments, num_classes).save(
            work_dir / 'clusters' / f'round_{number}.json'
        )
        if not weak:
            np.save(folder / 'representations.npy', rng.normal(size=(num_train, 16)).astype(np.float32))
        results, curves = {}, {}
        for index, name in enumerate(val):
            cluster = (num_train + index) % num_classes
            truth = database[name]['annotations']
            found = []
            for rank in range(detections):
                near = truth[int(rng.integers(len(truth)))]['segment']
                start = float(max(0, near[0] + rng.normal() * 0.05 * seconds[name]))
                length = 0.08 * seconds[name] * float(rng.uniform(0.6, 1.4))
                other = int(rng.integers(num_classes)) if rng.random() < 0.3 else cluster
                end = min(start + length, seconds[name])
                score = round(1 / (rank + 1) * float(rng.uniform(0.5, 1)), 4)
                found.append(
                    {'label': shown[other], 'score': score, 'segment': [min(start, end), end], 'cluster': other}
                )
            results[name] = sorted(found, key=lambda row: -row['score'])
            length = max(int(seconds[name] / 0.64), 1)
            curves[name] = AttentionCurve(
                rng.normal(size=length).cumsum().astype(np.float32),
                rng.random(length).astype(np.float32) / length if agnostic else None,
                cluster,
                0.3 + 0.6 * float(rng.random()),
                0.64,
                0.0,
                seconds[name],
            )
        external = {'data_set': 'written', 'simulated': simulated}
        (folder / 'detections.json').write_text(json.dumps({'results': results, 'external_data': external}))
        save_curves(folder / 'attention.npz', curves)
        row: dict[str, object] = {'round': number}
        if annotated and not weak:
            row |= {'cluster/purity': 0.5 + 0.1 * number, 'cluster/nmi': 0.4, 'cluster/ari': 0.3}
        if annotated:
            for prefix in ('', *(f'{stream}/' for stream in streams if len(streams) > 1)):
                row |= {f'tal/{prefix}mAP@{t:g}': 0.1 * number + 0.01 * len(prefix) for t in THRESHOLDS}
                row[f'tal/{prefix}mAP@avg(0.3:0.7)'] = 0.1 * number
        if simulated:
            row['simulated'] = True
        if not selection.startswith('strict'):
            row['best_on_test'] = True
        rows.append(row)
    if annotated:
        (records / 'ground_truth.json').write_text(json.dumps({'classes': classes, 'database': database}))
    run = {
        'mmacl': '0.1.0',
        'config': 'acl_written_us',
        'seed': 7,
        'data_set': 'written',
        'simulated': simulated,
        'classes': classes if annotated else None,
        'selection': selection,
        'protocol': 'activitynet' if annotated else '',
        'scored': f'protocol activitynet, {len(val)} videos' if annotated else '',
        'rounds': planned_rounds,
        'processes': 1,
        'environment': {'python': '3.11.2', 'torch': '2.13.0', 'device': 'CPU, 2 cores'},
    }
    (records / 'run.json').write_text(json.dumps(run))
    (work_dir / 'acl_written_us.py').write_text(CONFIG)
    log = work_dir / '20260101_000000' / 'vis_data' / 'scalars.json'
    log.parent.mkdir(parents=True)
    losses = [{'loss': 5 / (step + 1), 'rgb.loss_cls': 2 / (step + 1), 'step': step} for step in range(1, 9)]
    log.write_text(''.join(json.dumps(line) + '\n' for line in [*losses, *rows]))
    return work_dir
