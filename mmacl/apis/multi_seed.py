"""The same configs under several seeds: what is missing is run, what was interrupted goes on, what is done is read."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mmacl.apis.cli import load_config
from mmacl.utils import InputError, write_json_atomically

TRAIN = Path(__file__).resolve().parents[2] / 'tools' / 'train.py'


@dataclass(frozen=True)
class SeededRun:
    """One training of one config with one seed.

    Attributes:
        config: path of the config.
        seed: the seed.
        out: folder for all runs.
        options: overrides, as for ``--cfg-options``: ``'key=value'``.
        parsed_options: the same as a mapping.
    """

    config: Path
    seed: int
    out: Path
    options: tuple[str, ...] = ()
    parsed_options: dict[str, Any] = field(default_factory=dict)

    @property
    def work_dir(self) -> Path:
        """Where this run writes."""
        return self.out / self.config.stem / f'seed_{self.seed}'

    @property
    def result_file(self) -> Path:
        """Exists once the run is finished."""
        return self.work_dir / 'result.json'

    def key(self) -> str:
        """Hash of the composed config and the seed: what a finished run is recognised by."""
        composed = load_config(self.config, dict(self.parsed_options)).pretty_text
        return hashlib.sha256(f'{composed}\nseed={self.seed}'.encode()).hexdigest()

    def finished_rows(self) -> list[dict[str, Any]] | None:
        """Rows of the rounds, if this very run has been finished before."""
        if not self.result_file.is_file():
            return None
        result = json.loads(self.result_file.read_text())
        return result['rows'] if result['key'] == self.key() else None

    def run(self, threads: int) -> list[dict[str, Any]]:
        """Run it, or go on with it, in a process of its own; its console goes to ``console.log``.

        Args:
            threads: compute threads of the process.

        Raises:
            InputError: the training failed.
        """
        rows = self.finished_rows()
        if rows is not None:
            return rows
        self.work_dir.mkdir(parents=True, exist_ok=True)
        key, key_file = self.key(), self.work_dir / 'key.txt'
        resume = key_file.is_file() and key_file.read_text() == key
        key_file.write_text(key)
        command = [sys.executable, str(TRAIN), str(self.config), '--work-dir', str(self.work_dir)]
        command += ['--seed', str(self.seed), *(['--resume'] if resume else [])]
        command += ['--cfg-options', *self.options] if self.options else []
        environment = {**os.environ, 'OMP_NUM_THREADS': str(threads), 'MKL_NUM_THREADS': str(threads)}
        log = self.work_dir / 'console.log'
        with log.open('w') as console:
            code = subprocess.call(command, stdout=console, stderr=subprocess.STDOUT, env=environment)
        if code != 0:
            lines = log.read_text().strip().splitlines() or ['no output']
            last = next((line for line in lines if line.startswith('error:')), lines[-1])
            raise InputError(f'{self.config} with seed {self.seed} failed ({last}); see {log}')
        rows = read_round_rows(self.work_dir)
        write_json_atomically(self.result_file, {'key': key, 'seed': self.seed, 'rows': rows})
        return rows


def read_round_rows(work_dir: Path) -> list[dict[str, Any]]:
    """Rows of the rounds from the latest log of a work_dir that has any; those of tests have none.

    Raises:
        InputError: there is no log, or none with a finished round.
    """
    logs = scalar_logs(work_dir)
    if not logs:
        raise InputError(f'{work_dir}: holds no vis_data/scalars.json; is it the work_dir of a training?')
    for log in reversed(logs):
        if rows := [line for line in read_scalars(log) if 'round' in line]:
            return rows
    raise InputError(f'{logs[-1]}: no round is finished; let the training run on')


def scalar_logs(work_dir: Path) -> list[Path]:
    """The logs of a work_dir that programs read, the oldest first."""
    return sorted(work_dir.glob('*/vis_data/scalars.json'))


def read_scalars(log: Path) -> Iterator[dict[str, Any]]:
    """Lines of a log; the last one, which a kill may have cut short, only if it is whole."""
    lines = log.read_text().splitlines()
    for number, line in enumerate(lines, 1):
        try:
            yield json.loads(line)
        except ValueError as error:
            if number < len(lines):
                raise InputError(f'{log}: line {number} is not JSON ({error}); remove the line') from error


def run_all(runs: Sequence[SeededRun], jobs: int, report: Any) -> list[list[dict[str, Any]]]:
    """Run several, some at a time; the processor's cores are shared out among them.

    Args:
        runs: what to run.
        jobs: how many at a time.
        report: called with each run and its rows as it finishes.

    Returns:
        The rows of each run, in order.
    """
    threads = max(1, len(os.sched_getaffinity(0)) // jobs)

    def one(run: SeededRun) -> list[dict[str, Any]]:
        rows = run.run(threads)
        report(run, rows)
        return rows

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, runs))


def summarise(rows_by_seed: Sequence[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Mean and sample standard deviation over seeds, by round.

    Args:
        rows_by_seed: rows of the rounds, one list a seed.

    Returns:
        One entry a round: ``round``, ``seeds`` (their number), and per metric ``{'mean', 'std'}``; ``std`` is None
        for a single seed.
    """
    summary = []
    for rows in zip(*rows_by_seed, strict=True):
        entry: dict[str, Any] = {'round': rows[0]['round'], 'seeds': len(rows)}
        for name in (key for key in rows[0] if '/' in key):
            values = np.array([row[name] for row in rows])
            std = float(values.std(ddof=1)) if len(values) > 1 else None
            entry[name] = {'mean': float(values.mean()), 'std': std}
        summary.append(entry)
    return summary
