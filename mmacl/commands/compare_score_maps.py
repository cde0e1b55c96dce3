"""Score the same attention through every score map, over one or several checkpoints.

The paper thresholds A itself (score map ``none``); other methods map it first, and the best map differs from one data
set to the next. Each checkpoint runs over the test videos once, then each map scores the same attention. This needs
annotations. Choosing a map by them uses labels: say so when you report the result.

Examples:
    python tools/analysis_tools/compare_score_maps.py configs/acl/acl_gtea_ws.py work_dirs/acl_gtea_ws/epoch_12.pth
    python tools/analysis_tools/compare_score_maps.py CONFIG seed_0/epoch_12.pth seed_1/epoch_12.pth --json maps.json
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NamedTuple

from mmacl.cli import add_config_arguments
from mmacl.utils import InputError, check_can_write, write_json_atomically

if TYPE_CHECKING:
    from mmengine.structures import BaseDataElement
    from torch import Tensor

    from mmacl.datasets import UntrimmedVideoDataset
    from mmacl.models import BaseLocalizer
    from mmacl.structures import Proposals


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_config_arguments(parser)
    parser.add_argument('checkpoints', nargs='+', help='checkpoints of the config, one a seed')
    parser.add_argument('--modes', nargs='+', metavar='MODE', help='score maps, such as none minmax (default: all)')
    parser.add_argument('--tiou', nargs='+', type=float, help='thresholds (default: those of the config)')
    parser.add_argument('--json', metavar='F.json', help='write the figures as one JSON object')
    return parser.parse_args()


class Inputs(NamedTuple):
    """What a post-processor is given of one video: A (T, C), p_hat (C,), actionness (T,) and proposals, if any."""

    attention: Tensor
    video_scores: Tensor
    actionness: Tensor | None
    proposals: Proposals | None


def predict_inputs(model: BaseLocalizer, dataset: UntrimmedVideoDataset) -> list[Inputs]:
    """Return what a post-processor is given of each video."""
    import torch
    from mmengine.dataset import pseudo_collate
    from mmengine.structures import InstanceData

    calls: list[Inputs] = []

    def record(attention: Tensor, scores: Tensor, *_: Any, actionness: Any = None, proposals: Any = None) -> Any:
        calls.append(Inputs(attention, scores, actionness, proposals))
        return InstanceData()

    model.post_processor = record
    found = []
    with torch.no_grad():
        for index in range(len(dataset)):
            calls.clear()
            model.test_step(pseudo_collate([dataset[index]]))
            found.append(calls[0])  # the fused prediction; those of single streams follow
    return found


def as_arrays(instances: BaseDataElement, *names: str) -> dict[str, Any]:
    """Return columns of instances as arrays."""
    import numpy as np

    return {name: np.asarray(instances[name]) for name in names}


def score(
    post_processor: Any,
    inputs: list[Inputs],
    model: BaseLocalizer,
    dataset: UntrimmedVideoDataset,
    tious: list[float],
) -> list[float]:
    """Return mAP at each threshold."""
    from mmacl.evaluation import GroundTruth, SegmentTable, mean_average_precision
    from mmacl.utils import accepted_arguments

    detections = []
    for i, video in enumerate(inputs):
        further = accepted_arguments(post_processor, actionness=video.actionness, proposals=video.proposals)
        timing = dataset.timing(i)
        found = post_processor(video.attention, video.video_scores, timing, model.cluster_mapping, **further)
        detections.append(as_arrays(found, 'segments', 'labels', 'scores'))
    samples = [dataset[i]['data_samples'] for i in range(len(dataset))]
    truth = GroundTruth.of_videos('test set', {s.video_name: s.gt_instances.to_dict() for s in samples})
    mean = mean_average_precision(truth.instances, SegmentTable.from_videos(detections, scored=True), tious)
    return [float(value) for value in mean]


def main() -> None:
    """Score every map."""
    args = parse_args()
    import numpy as np
    from mmengine.registry import DefaultScope

    from mmacl.apis import init_model
    from mmacl.config import load_config
    from mmacl.localization.score_map import MODES, ScoreMap
    from mmacl.registry import DATASETS, POST_PROCESSORS
    from mmacl.utils.spread import format_spread, mean_and_deviation
    from mmacl.utils.tables import draw_table

    modes = args.modes or MODES
    unknown = [mode for mode in modes if mode not in MODES]
    if unknown:
        raise InputError('is not a score map', file=f'--modes {unknown[0]}', remedy=f'choose from {", ".join(MODES)}')
    if args.json:
        check_can_write(args.json, '--json')
    config = load_config(args.config, args.cfg_options, args.plugin)
    tious = args.tiou or list(config.test_evaluator.tiou_thresholds)
    with DefaultScope.overwrite_default_scope('mmacl'):
        part = config.model.get('post_processor')
        if part is None or not isinstance(getattr(POST_PROCESSORS.build(part), 'score_map', None), ScoreMap):
            raise InputError(
                'its model.post_processor maps no scores by a ScoreMap, so there are no maps to compare',
                file=args.config,
                remedy="give a config with type='ActionPostProcessor'",
            )
        dataset: UntrimmedVideoDataset = DATASETS.build(config.test_dataloader.dataset)
        dataset.check_files()
        if dataset.action_counts() is None:
            raise InputError(
                'its test videos have no annotations to score against', file=args.config, remedy='add annotations'
            )
        figures: dict[str, list[list[float]]] = {mode: [] for mode in modes}
        for checkpoint in args.checkpoints:
            model = init_model(config, checkpoint)
            inputs = predict_inputs(model, dataset)
            if part.get('proposal_scores') == 'given' and any(video.proposals is not None for video in inputs):
                raise InputError(
                    'its method finds and scores segments itself, so no score map changes them',
                    file=args.config,
                    remedy="add --cfg-options model.post_processor.proposal_scores='scorer'",
                )
            for mode in modes:
                score_map = {'type': 'ScoreMap', **part.get('score_map', {}), 'mode': mode}
                post_processor = POST_PROCESSORS.build({**part, 'score_map': score_map})
                figures[mode].append(score(post_processor, inputs, model, dataset, tious))
    simulated = bool(dataset.metainfo.get('simulated', False))
    cells = [['score map', *map(str, tious), 'mean']]
    for mode, rows in figures.items():
        by_seed = np.array([[*row, np.mean(row)] for row in rows])
        cells.append([mode, *(format_spread(mean_and_deviation(column), 2, 100) for column in by_seed.T)])
    note = ', simulated data' if simulated else ''
    print(f'mAP (%) by score map, protocol activitynet, {len(args.checkpoints)} checkpoints{note}')
    print(draw_table(cells, first_numbers=1))
    if args.json:
        write_json_atomically(args.json, {'tiou': tious, 'simulated': simulated, 'mAP': figures})
