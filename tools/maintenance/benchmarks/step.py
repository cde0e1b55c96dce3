"""``step``: a training step in float32 and in bfloat16 (``--amp``), its share of the matrix rate, and equal numbers.

A step is what the training loop does with a batch: padding, losses, gradients, Adam. Features are on the device
already; reading is the topic ``load``. ``drawn`` has the lengths of the data set, cropped as the config says; ``T=400``
is one length for all videos. On a GPU steps follow each other without waiting, and are timed by events; ``float32``
forbids TF32, ``as torch comes`` allows it in convolutions, as torch's defaults do. ``replayed`` steps are CUDA
graphs, as with ``--amp`` in a training. ``one group`` computes the batch at once, for methods that otherwise compute
videos of similar length together (``model.length_groups``).

With several methods, only the batches of the configs are timed, and one table compares the methods.
"""

from __future__ import annotations

from typing import Any

from mmacl.utils import InputError

from .machine_limits import tf32
from .setting import Row, Setting, Tables
from .step_checks import compare_losses, count_synchronizations, profile_step
from .timing import Times, time_in_stream, time_in_turns, wait_for
from .training import (
    Training,
    count_flops,
    draw_batches,
    is_replayable,
    load_method,
    longest_crop,
    steps_of_training,
)

#: Precision of the optimiser and the limit to compare with, of each way.
_ON_CPU = {'float32': ('float32', 'float32'), 'bf16': ('bf16', 'bfloat16')}
_ON_GPU = {'as torch comes': ('float32', 'tf32'), **_ON_CPU}
_REPLAYED = {f'{way}, replayed': of for way, of in _ON_GPU.items()}
_ONE_GROUP = 'one group'
_SECONDS_OF_A_WAY = 6.0


def measure(setting: Setting) -> Tables:
    """Time the steps of each method, compare losses, and on a GPU count what waits for it."""
    if len(setting.methods) > 1:
        return compare_methods(setting)
    tables: Tables = {}
    for method in setting.methods:
        config = load_method(method, setting.size)
        rows = [row for snippets in (None, setting.times(10, 400)) for row in time_steps(config, setting, snippets)]
        tables[f'{method}: a step of {config.train_dataloader.batch_size} videos'] = rows
        tables[f'{method}: the loss in each precision, without dropout'] = compare_losses(config, setting)
        if setting.device != 'cpu':
            tables[f'{method}: what waits for the GPU in a step'] = count_synchronizations(config, setting)
        tables[f'{method}: where a step goes'] = profile_step(config, setting)
    return tables


def compare_methods(setting: Setting) -> Tables:
    """One table: a step of each method with the batch of its config, and its ratio to that of the first."""
    rows: list[Row] = []
    for method in setting.methods:
        for row in time_steps(load_method(method, setting.size), setting, None):
            rows.append({'method': method, **{key: value for key, value in row.items() if 'hours' not in key}})
    first = {row['way']: row['ms a step'] for row in rows if row['method'] == setting.methods[0]}
    for row in rows:
        row[f'of {setting.methods[0]}'] = row['ms a step'] / first[row['way']] if row['way'] in first else None
    return {'a step of each method': rows}


def time_steps(config: Any, setting: Setting, snippets: int | None) -> list[Row]:
    """Rows of one kind of batch, a row for each precision."""
    import torch

    on_cpu = setting.device == 'cpu'
    ways = _ON_CPU if on_cpu else _ON_GPU | (_REPLAYED if is_replayable(config) else {})
    batches = draw_batches(config, setting.size, setting.times(1, 4 if on_cpu else 8), setting.device, snippets)
    trainings = {
        way: Training(config, batches, setting.device, precision, replay=way in _REPLAYED)
        for way, (precision, _) in ways.items()
    }
    flops = dict.fromkeys(ways, sum(count_flops(trainings['float32'].step) for _ in batches) / len(batches))
    if snippets is None and hasattr(trainings['float32'].model, 'length_groups'):
        base = next(iter(ways))
        ways = {**ways, _ONE_GROUP: ways[base]}
        trainings[_ONE_GROUP] = whole = Training(config, batches, setting.device, 'float32')
        whole.model.length_groups = 1
        flops[_ONE_GROUP] = sum(count_flops(whole.step) for _ in batches) / len(batches)
    memory = {}
    if on_cpu:
        times = time_in_turns({way: training.step for way, training in trainings.items()}, _repeats(setting))
    else:
        times = {}
        for way, training in trainings.items():
            torch.cuda.reset_peak_memory_stats()
            times[way] = _time_on_gpu(training, way, setting, guarded=snippets is not None or way == 'float32')
            memory[way] = torch.cuda.max_memory_allocated() / 1e9
    total = steps_of_training(config)
    rows = []
    for way, found in times.items():
        teraflops = flops[way] / found.median / 1e12
        limit = ways[way][1]
        rows.append({
            'batch': f'drawn, T <= {longest_crop(config)}' if snippets is None else f'T={snippets}',
            'way': way,
            'steps': len(found.clock),
            'ms a step': 1000 * found.median,
            'processor ms': 1000 * found.processor_median,
            'ratio': times['float32'].median / found.median,
            'steps/s': 1 / found.median,
            'TFLOP': flops[way] / 1e12,
            'TFLOP/s': teraflops,
            'of matrix rate': setting.share(teraflops, f'matrix {limit} TFLOP/s'),
            'of convolution': setting.share(teraflops, f'convolution {limit} TFLOP/s'),
            f'hours for {total:,} steps': total * found.median / 3600,
            **({'GB': memory[way]} if memory else {}),
        })  # fmt: skip
    return rows


def _time_on_gpu(training: Training, way: str, setting: Setting, guarded: bool) -> Times:
    """Times of steps that follow each other; ``as torch comes`` leaves torch's switches as they are.

    ``--steps`` may take long, unless the way is ``guarded``.
    """
    seconds = 1e9 if setting.steps and not guarded else _SECONDS_OF_A_WAY
    # Every batch once, since a new length is a new choice of algorithms.
    warm_up = 2 * len(training.batches)
    if not way.startswith('float32'):
        return time_in_stream(training.step, _repeats(setting), seconds, warm_up)
    with tf32(False):
        found = time_in_stream(training.step, _repeats(setting), seconds, warm_up)
        wait_for(setting.device)
    return found


def _repeats(setting: Setting) -> int:
    """Timed steps of a way."""
    if setting.steps is not None and setting.steps < 1:
        raise InputError(f'--steps {setting.steps} is too few', remedy='give at least 1')
    return setting.steps or setting.times(2, 5 if setting.device == 'cpu' else 200)
