"""``profile``: where the time of a whole training goes, from a short one with few steps.

The config is trained for two rounds of few steps under Python's profiler, in a process of its own. What a step, an
epoch and a round take is then scaled to the numbers of the config. At the size ``thumos14`` features are simulated and
written to a temporary folder (1.1 GB), as ``acl_thumos14_us.py`` reads them; the size ``synthetic`` is the default run.
The profiler slows down Python's own work, not that of torch.
"""

from __future__ import annotations

import os
import pstats
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from mmacl.utils import InputError

from .folder import write_folder
from .setting import Row, Setting, Tables
from .training import load_method

ROOT = Path(__file__).resolve().parents[3]
_ENTRIES = 15
_ROOMS = ('clustering', 'datasets', 'engine/hooks', 'evaluation', 'localization', 'models', 'structures')
_ROUNDS = 2
_LOOP = 'loops/round_based_train_loop.py:'
Key = tuple[str, int, str]


class Part(NamedTuple):
    """A part of a run: functions of a name, where they are, who calls them, and what a training does them for.

    Attributes:
        name: in the table.
        file: a part of the path of the functions.
        function: their name.
        every: ``step``, ``epoch``, ``round`` or ``run``.
        caller: a part of the path and the name of the caller, with a colon between; '': any.
    """

    name: str
    file: str
    function: str
    every: str
    caller: str = ''


#: None of them is within another, but for training steps, which are within the iterations of the loop.
PARTS = (
    Part('checking the data', 'mmacl/engine/start_run.py', 'check_datasets', 'run'),
    Part('clustering', 'hooks/clustering_hook.py', 'before_train_round', 'round'),
    Part('starting a round afresh', 'hooks/round_restart_hook.py', 'before_train_round', 'round'),
    Part('waiting for batches', 'utils/data/dataloader.py', '__next__', 'step', 'mmengine/runner/loops.py:run_epoch'),
    Part('training steps', 'base_model/base_model.py', 'train_step', 'step'),
    Part('hooks around a step', 'mmengine/runner/loops.py', 'run_iter', 'step', f'{_LOOP}run_iter'),
    Part('checkpoints', 'mmengine/hooks/checkpoint_hook.py', 'after_train_epoch', 'epoch'),
    Part('validation', 'mmengine/runner/loops.py', 'run', 'round', f'{_LOOP}_finish_round'),
    Part('records of a round', 'mmacl/engine/hooks', 'after_train_round', 'round'),
)


def measure(setting: Setting) -> Tables:
    """Profile the method ACL without labels."""
    size = setting.size
    config = load_method('acl', size)
    loop = config.train_cfg
    epochs = loop.num_rounds * loop.epochs_per_round
    counts = {
        'run': 1,
        'round': loop.num_rounds,
        'epoch': epochs,
        'step': epochs * config.train_dataloader.batch_sampler.num_batches,
    }
    with TemporaryDirectory() as folder:
        if size.data == 'thumos14':
            write_folder(Path(folder), size, size.train_videos, size.test_videos)
        stats = profile_training(config.filename, Path(folder), setting)
    return {
        f'a training of {counts["step"]:,} steps in {counts["round"]} rounds': scale_parts(stats, counts),
        'functions of mmacl in the short training, with all that they call': longest_functions(stats),
    }


def profile_training(config: str, folder: Path, setting: Setting) -> dict[Key, Any]:
    """Train for two rounds in a new process; return the statistics of its main thread."""
    out = folder / 'profile'
    words = ['-m', 'cProfile', '-o', str(out), '-m', 'mmacl', 'train', config, '--work-dir', str(folder / 'run')]
    words += ['--cfg-options', f'train_cfg.num_rounds={_ROUNDS}', 'train_cfg.epochs_per_round=1']
    words += [f'train_dataloader.batch_sampler.num_batches={setting.steps or setting.times(2, 20)}']
    words += [f'{key}={value}' for key, value in _widths(setting).items()]
    environment = {**os.environ, 'MMACL_THUMOS14_ROOT': str(folder), 'PYTHONPATH': str(ROOT)}
    done = subprocess.run([sys.executable, *words], env=environment, text=True, capture_output=True)
    if done.returncode != 0 or not out.exists():
        raise InputError(f'the training failed: {(done.stderr.strip().splitlines() or ["no message"])[-1]}')
    statistics: Any = pstats.Stats(str(out))
    return dict(statistics.stats)


def scale_parts(stats: dict[Key, Any], counts: dict[str, int]) -> list[Row]:
    """Rows of the parts, longest first; the start of Python and all else are not scaled."""
    measured = {'run': 1, 'round': _ROUNDS, 'epoch': _ROUNDS}
    found = {part.name: _total(stats, part) for part in PARTS}
    measured['step'] = found['training steps'][1]
    seconds = {name: value for name, (value, _) in found.items()}
    seconds['hooks around a step'] -= seconds['training steps']
    rest = sum(entry[2] for entry in stats.values()) - sum(seconds.values())
    rows: list[Row] = [
        {
            'part': part.name,
            'every': part.every,
            'ms each': 1000 * seconds[part.name] / measured[part.every],
            'times': counts[part.every],
            's in all': seconds[part.name] / measured[part.every] * counts[part.every],
        }
        for part in PARTS
    ]
    rows.append({'part': 'start, imports, other', 'every': 'run', 'ms each': 1000 * rest, 'times': 1, 's in all': rest})
    total = sum(row['s in all'] for row in rows)
    rows.sort(key=lambda row: -row['s in all'])
    return [{**row, 'share': row['s in all'] / total} for row in rows]


def _total(stats: dict[Key, Any], part: Part) -> tuple[float, int]:
    """Seconds of the calls of a part and their number."""
    seconds, calls = 0.0, 0
    for (file, _, function), (_, number, _, cumulative, callers) in stats.items():
        if function != part.function or part.file not in file:
            continue
        if not part.caller:
            seconds, calls = seconds + cumulative, calls + number
        for (place, _, name), (_, times, _, inside) in callers.items() if part.caller else ():
            if f'{place}:{name}'.endswith(part.caller):
                seconds, calls = seconds + inside, calls + times
    return seconds, calls


def longest_functions(stats: dict[Key, Any]) -> list[Row]:
    """The functions of the rooms that compute, by the time that they and all that they call take."""
    keys = [key for key in stats if any(f'/mmacl/{room}/' in key[0] for room in _ROOMS) and key[2] != '<module>']
    return [
        {
            'function': f'{"/".join(Path(file).parts[-2:])}:{line} {name}',
            'calls': stats[file, line, name][1],
            's': stats[file, line, name][3],
        }
        for file, line, name in sorted(keys, key=lambda key: -stats[key][3])[:_ENTRIES]
    ]


def _widths(setting: Setting) -> dict[str, Any]:
    """Options for features that are not as wide as the config says."""
    size = setting.size
    if size.hidden is None:
        return {}
    places = [f'{name}_dataloader.dataset.feature_dims' for name in ('train', 'val', 'test')]
    widths = {f'{place}.{stream}': size.width for place in ['model.in_channels', *places] for stream in ('rgb', 'flow')}
    return {**widths, 'model.num_clusters': size.num_clusters}
