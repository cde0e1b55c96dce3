"""Score the same attention through every score map, over one or several checkpoints.

The paper thresholds A itself (score map ``none``); others in the field map it first, and which map is best changes
from one collection to the next. This shows all of them on yours: each checkpoint runs over the test videos once, then
each map scores the same attention. It needs annotations, and choosing a map by them is using labels: say so where you
report it.

Examples:
    python tools/analysis_tools/compare_score_maps.py configs/acl/acl_gtea_ws.py work_dirs/acl_gtea_ws/epoch_12.pth
    python tools/analysis_tools/compare_score_maps.py CONFIG seed_0/epoch_12.pth seed_1/epoch_12.pth --json maps.json
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
import torch
from mmengine.dataset import pseudo_collate
from mmengine.registry import DefaultScope
from mmengine.structures import BaseDataElement
from terminaltables import AsciiTable
from torch import Tensor

from mmacl.apis import init_model
from mmacl.cli import add_config_arguments
from mmacl.config import load_config
from mmacl.datasets import UntrimmedVideoDataset
from mmacl.evaluation import SegmentTable, mean_average_precision
from mmacl.localization.score_map import MODES
from mmacl.models import TwoStreamLocalizer
from mmacl.registry import DATASETS, POST_PROCESSORS
from mmacl.runs.seeded_run import format_spread, mean_and_deviation
from mmacl.utils import InputError, write_json_atomically


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_config_arguments(parser)
    parser.add_argument('checkpoints', nargs='+', help='checkpoints of the config, one a seed')
    parser.add_argument('--modes', nargs='+', default=list(MODES), choices=MODES, help='score maps (default: all)')
    parser.add_argument('--tiou', nargs='+', type=float, help='thresholds (default: those of the config)')
    parser.add_argument('--json', metavar='F.json', help='write the figures as one JSON object')
    return parser.parse_args()


@torch.no_grad()
def predict_attention(model: TwoStreamLocalizer, dataset: UntrimmedVideoDataset) -> list[tuple[Tensor, Tensor]]:
    """A (T, C) and p_hat (C,) of each video."""
    model.post_processor = None
    found = []
    for index in range(len(dataset)):
        sample = model.test_step(pseudo_collate([dataset[index]]))[0]
        found.append((sample.class_specific_attention, sample.video_scores))
    return found


def as_arrays(instances: BaseDataElement, *names: str) -> dict[str, Any]:
    """Columns of instances."""
    return {name: np.asarray(instances[name]) for name in names}


def score(
    post_processor: Any,
    attention: list[tuple[Tensor, Tensor]],
    model: TwoStreamLocalizer,
    dataset: UntrimmedVideoDataset,
    tious: list[float],
) -> list[float]:
    """MAP at each threshold."""
    detections = [
        as_arrays(post_processor(cas, scores, dataset.timing(i), model.cluster_mapping), 'segments', 'labels', 'scores')
        for i, (cas, scores) in enumerate(attention)
    ]
    truths = [as_arrays(dataset[i]['data_samples'].gt_instances, 'segments', 'labels') for i in range(len(dataset))]
    mean = mean_average_precision(
        SegmentTable.from_videos(truths, scored=False), SegmentTable.from_videos(detections, scored=True), tious
    )
    return [float(value) for value in mean]


def main() -> None:
    """Score every map."""
    args = parse_args()
    config = load_config(args.config, args.cfg_options, args.plugin)
    tious = args.tiou or list(config.test_evaluator.tiou_thresholds)
    with DefaultScope.overwrite_default_scope('mmacl'):
        dataset: UntrimmedVideoDataset = DATASETS.build(config.test_dataloader.dataset)
        dataset.check_files()
        if dataset.action_counts() is None:
            raise InputError('the test videos have no annotations, so nothing can be scored')
        figures: dict[str, list[list[float]]] = {mode: [] for mode in args.modes}
        for checkpoint in args.checkpoints:
            model = init_model(config, checkpoint)
            attention = predict_attention(model, dataset)
            for mode in args.modes:
                part = config.model.post_processor
                post_processor = POST_PROCESSORS.build({**part, 'score_map': {**part.score_map, 'mode': mode}})
                figures[mode].append(score(post_processor, attention, model, dataset, tious))
    simulated = bool(dataset.metainfo.get('simulated', False))
    cells = [['score map', *map(str, tious), 'mean']]
    for mode, rows in figures.items():
        by_seed = np.array([[*row, np.mean(row)] for row in rows])
        cells.append([mode, *(format_spread(mean_and_deviation(column), 2, 100) for column in by_seed.T)])
    note = ', simulated data' if simulated else ''
    print(f'mAP (%) by score map, protocol activitynet, {len(args.checkpoints)} checkpoints{note}')
    print(AsciiTable(cells).table)
    if args.json:
        write_json_atomically(args.json, {'tiou': tious, 'simulated': simulated, 'mAP': figures})
