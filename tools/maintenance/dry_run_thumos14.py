"""Run acl_thumos14_us.py on simulated features of THUMOS14's size and measure time and memory.

Writes a folder in the layout of BaS-Net (gt.json, features/{train,test}/{rgb,flow}/<video>.npy): videos of about 330
snippets and up to 2,200, two streams of 1,024 float32 values. Then trains with a few steps in each round and prints
seconds for a step, seconds for the whole run, and peak memory. The scores are of simulated data and mean nothing.

Examples:
    python tools/maintenance/dry_run_thumos14.py
    python tools/maintenance/dry_run_thumos14.py --folder simulated_thumos14 --steps 20 --json figures.json
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from mmacl.cli import run_tool
from mmacl.utils import InputError, check_can_write, derive_seed, usable_cores, write_json_atomically
from mmacl.utils.tables import draw_table

ROOT = Path(__file__).resolve().parents[2]
SNIPPET_SECONDS = 16 / 25


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--folder', type=Path, help='keep the simulated features here (default: a temporary folder)')
    parser.add_argument('--train-videos', type=int, default=200, help='videos to train on (default: 200)')
    parser.add_argument('--test-videos', type=int, default=212, help='videos to test on (default: 212)')
    parser.add_argument('--steps', type=int, default=5, help='optimisation steps in a round (default: 5)')
    parser.add_argument('--rounds', type=int, default=3, help='rounds (default: 3)')
    parser.add_argument('--json', metavar='F.json', help='write the figures as one JSON object')
    return parser.parse_args()


def simulate_video(index: int, num_classes: int) -> tuple[dict[str, np.ndarray], list[dict[str, Any]]]:
    """Make features and annotations of a video; its actions raise some dimensions of its class."""
    rng = np.random.default_rng(derive_seed(14, index))
    length = int(np.clip(rng.lognormal(np.log(235), 0.8), 14, 2200))
    label = index % num_classes
    starts = np.sort(rng.integers(0, length - 8, size=max(1, length // 40)))
    inside = np.zeros(length, dtype=bool)
    annotations = []
    for start in starts:
        end = start + int(rng.integers(3, 8))
        inside[start:end] = True
        segment = [round(start * SNIPPET_SECONDS, 2), round(end * SNIPPET_SECONDS, 2)]
        annotations.append({'segment': [str(time) for time in segment], 'label': label})
    features = {}
    for modality in ('rgb', 'flow'):
        values = np.abs(rng.standard_normal((length, 1024), dtype=np.float32))
        values[inside, label * 50 : label * 50 + 50] += 1.0
        features[modality] = values
    return features, annotations


def write_folder(folder: Path, num_train: int, num_test: int) -> list[int]:
    """Write the folder; return the lengths of the training videos."""
    from mmacl.datasets import Thumos14Dataset

    classes = Thumos14Dataset.METAINFO['classes']
    database, lengths = {}, []
    for index in range(num_train + num_test):
        subset = 'train' if index < num_train else 'test'
        name = f'video_{"validation" if subset == "train" else "test"}_{index:07d}'
        features, annotations = simulate_video(index, len(classes))
        for modality, values in features.items():
            path = folder / 'features' / subset / modality / f'{name}.npy'
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, values)
        if subset == 'train':
            lengths.append(len(values))
        named = [{**entry, 'label': classes[entry['label']]} for entry in annotations]
        database[name] = {'subset': subset, 'annotations': named}
    write_json_atomically(folder / 'gt.json', {'database': database}, indent=None)
    return lengths


def train(folder: Path, steps: int, rounds: int) -> dict[str, Any]:
    """Train in a separate process and measure time and memory."""
    work_dir = folder / 'work_dir'
    command = [sys.executable, str(ROOT / 'tools/train.py'), str(ROOT / 'configs/acl/acl_thumos14_us.py')]
    command += ['--work-dir', str(work_dir), '--cfg-options', f'train_cfg.num_rounds={rounds}']
    command += ['train_cfg.epochs_per_round=1', f'train_dataloader.batch_sampler.num_batches={steps}']
    command += ['default_hooks.logger.interval=1']
    start = time.perf_counter()
    environment = {**os.environ, 'MMACL_THUMOS14_ROOT': str(folder)}
    done = subprocess.run(command, env=environment, text=True, capture_output=True)
    if done.returncode != 0:
        raise InputError(f'the training failed: {(done.stderr.strip().splitlines() or ["no message"])[-1]}')
    seconds = time.perf_counter() - start
    log = sorted(work_dir.glob('*/vis_data/scalars.json'))[-1]
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    return {
        'seconds_in_all': seconds,
        # Each logged time is a mean over the last steps; the last of them excludes the warm-up.
        'seconds_a_step': [row['time'] for row in rows if 'time' in row][-1],
        'peak_memory_mb': resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        'rounds_finished': sum('round' in row for row in rows),
    }


def main() -> None:
    """Write the folder, train, print the figures."""
    args = parse_args()
    if args.json:
        check_can_write(args.json, '--json')
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        lengths = write_folder(folder, args.train_videos, args.test_videos)
        figures = train(folder, args.steps, args.rounds)
    figures.update(
        simulated=True,
        train_videos=args.train_videos,
        test_videos=args.test_videos,
        mean_snippets=float(np.mean(lengths)),
        longest=max(lengths),
        steps_a_round=args.steps,
        cores=usable_cores(),
    )
    cells = [['figure', 'value'], *([name, f'{value:.4g}'] for name, value in figures.items() if name != 'simulated')]
    print(draw_table(cells, 'acl_thumos14_us.py on simulated features', first_numbers=1))
    if args.json:
        write_json_atomically(args.json, figures)


if __name__ == '__main__':
    run_tool(main)
