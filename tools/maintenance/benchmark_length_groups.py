"""Time a training step with and without length groups, alternately, and print the ratio.

Videos differ in length by two orders of magnitude, so most of a padded batch is padding. Length groups compute a
batch in parts of similar length; the losses are the same. The batches are simulated, with lengths like THUMOS14's.

Examples:
    python tools/maintenance/benchmark_length_groups.py
    python tools/maintenance/benchmark_length_groups.py configs/acl/acl_synthetic_us.py --steps 20 --json ratio.json
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from mmacl.cli import run_tool
from mmacl.utils import InputError, check_can_write, derive_seed, write_json_atomically
from mmacl.utils.tables import draw_table

if TYPE_CHECKING:
    import torch


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'config', nargs='?', default='configs/acl/acl_thumos14_us.py', help='config of the model to time'
    )
    parser.add_argument('--groups', type=int, default=4, help='number of groups to compare with one group (default: 4)')
    parser.add_argument('--videos', type=int, default=24, help='videos in a batch (default: 24)')
    parser.add_argument('--longest', type=int, default=750, help='crop videos to this many snippets (default: 750)')
    parser.add_argument('--steps', type=int, default=5, help='timed steps for each, after one untimed (default: 5)')
    parser.add_argument('--device', default='cpu', help='cpu or cuda (default: cpu)')
    parser.add_argument('--json', metavar='F.json', help='write the figures as one JSON object')
    return parser.parse_args()


def simulate_batch(model: Any, videos: int, longest: int, seed: int) -> dict[str, Any]:
    """Make random features with lengths like THUMOS14's, two videos in each cluster."""
    import torch
    from torch import nn

    from mmacl.structures import ActionDataSample

    rng = np.random.default_rng(derive_seed(24, seed))
    lengths = np.clip(rng.lognormal(np.log(235), 0.9, videos), 14, longest).astype(int)
    inputs = {
        name: [torch.from_numpy(rng.random((length, width), dtype=np.float32)) for length in lengths]
        for name, width in model.in_channels.items()
    }
    samples = []
    for index in range(videos):
        cluster = index // 2 % model.num_clusters
        sample = ActionDataSample(metainfo={'video_name': f'video_{index}'})
        sample.drawn_cluster = cluster
        sample.pseudo_label = nn.functional.one_hot(torch.tensor(cluster), model.num_clusters).float()
        samples.append(sample)
    return {'inputs': inputs, 'data_samples': samples}


def time_step(model: Any, optimizer: torch.optim.Optimizer, batch: dict[str, Any], groups: int) -> float:
    """Return the seconds of one optimisation step."""
    import torch

    model.length_groups = groups
    start = time.perf_counter()
    losses = model(**model.data_preprocessor(batch, True), mode='loss')
    optimizer.zero_grad()
    torch.stack(list(losses.values())).sum().backward()
    optimizer.step()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - start


def main() -> None:
    """Time both alternately and print the ratio."""
    args = parse_args()
    import torch
    from mmengine.registry import DefaultScope

    from mmacl.config import load_config
    from mmacl.registry import MODELS

    if args.json:
        check_can_write(args.json, '--json')
    config = load_config(args.config)
    with DefaultScope.overwrite_default_scope('mmacl'):
        model: Any = MODELS.build(config.model).to(args.device).train()
    if not hasattr(model, 'length_groups'):
        raise InputError(
            f'{type(model).__name__} computes a batch in one part, so there is nothing to compare',
            file=args.config,
            remedy='time a method with length_groups, such as ActionCoLocalizer',
        )
    optimizer = torch.optim.Adam(model.parameters())
    seconds: dict[int, list[float]] = {1: [], args.groups: []}
    useful = []
    for step in range(args.steps + 1):
        batch = simulate_batch(model, args.videos, args.longest, step)
        lengths = [len(x) for x in next(iter(batch['inputs'].values()))]
        useful.append(float(np.mean(lengths) / max(lengths)))
        for groups, times in seconds.items():
            times.append(time_step(model, optimizer, batch, groups))
    one, grouped = (float(np.median(times[1:])) for times in seconds.values())
    figures = {
        'config': args.config,
        'groups': args.groups,
        'useful_part_of_padded_batch': float(np.mean(useful)),
        'seconds_a_step_one_group': one,
        'seconds_a_step_grouped': grouped,
        'ratio': one / grouped,
        'threads': torch.get_num_threads(),
        'device': args.device,
        'simulated': True,
    }
    cells = [['figure', 'value'], *([name, str(value)] for name, value in figures.items())]
    print(draw_table(cells, 'one group / length groups, simulated features', first_numbers=1))
    if args.json:
        write_json_atomically(args.json, figures)


if __name__ == '__main__':
    run_tool(main)
