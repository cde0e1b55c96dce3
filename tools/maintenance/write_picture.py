"""Draw the README's picture: ground truth, detections of each round and both attentions of a video of a recorded run.

The data are in docs/records/timeline.json; --video takes them from the record of a run.

Examples:
    python tools/maintenance/write_picture.py
    python tools/maintenance/write_picture.py --check
    python tools/maintenance/write_picture.py --video work_dirs/multi_seed/acl_synthetic_us/seed_0 simulated_test_00003
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mmacl.cli import run_tool
from mmacl.utils import write_json_atomically
from mmacl.utils.strict_json import read_strict_json

if TYPE_CHECKING:
    from mmengine.structures import InstanceData

    from mmacl.runs.run_record import RunRecord

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / 'docs' / 'records' / 'timeline.json'
PICTURE = ROOT / 'docs' / 'en' / '_static' / 'timeline.png'
# Versions of matplotlib smooth edges differently, which changes the mean colour of a small square a little; a missing
# word or segment changes it a lot.
SQUARE, TOLERANCE = 16, 12.0


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--check', action='store_true', help='write nothing; exit with 1 if the picture differs')
    parser.add_argument('--video', nargs=2, metavar=('WORK_DIR', 'NAME'), help='record this video of this run first')
    return parser.parse_args()


def main() -> None:
    """Draw, or check."""
    args = parse_args()
    from mmacl.runs.run_record import RunRecord
    from mmacl.visualization import draw_timeline, figure_to_rgb, save_figure

    if args.video:
        write_json_atomically(RECORD, record_video(RunRecord(args.video[0]), args.video[1]), indent=None)
    figure = draw_timeline(**video_of(read_strict_json(RECORD, 'a recorded video')), max_detections=40)
    name = PICTURE.relative_to(ROOT)
    if alike(figure_to_rgb(figure), PICTURE):
        print(f'{name} agrees with docs/records')
    elif args.check:
        print(f'{name}: differs from docs/records; run python tools/maintenance/write_picture.py')
        raise SystemExit(1)
    else:
        save_figure(figure, PICTURE)
        print(f'written: {name}')


def record_video(run: RunRecord, video: str) -> dict[str, Any]:
    """Collect ground truth, the detections of each round and the attentions after the last round as plain values."""
    last = run.rounds[-1]
    sample, curve = run.sample(video, last), run.attention(last)[video]
    return {
        'config': run.info['config'],
        'seed': run.info['seed'],
        'simulated': run.simulated,
        'classes': list(run.classes or ()),
        'video': video,
        'duration': curve.duration,
        'snippet_duration': curve.snippet_duration,
        'offset': curve.offset,
        'cluster': curve.cluster,
        'video_score': curve.video_score,
        'truth': [
            [*np.round(segment, 3).tolist(), int(label)] for segment, label in _rows(sample.gt_instances, 'labels')
        ],
        'rounds': {
            str(round_): [
                [*np.round(segment, 3).tolist(), int(label), round(float(score), 4), int(cluster)]
                for segment, label, score, cluster in _rows(
                    run.instances(video, round_), 'labels', 'scores', 'clusters'
                )
            ]
            for round_ in run.rounds
        },
        'class_specific': [round(float(value), 4) for value in curve.class_specific],
        'class_agnostic': None
        if curve.class_agnostic is None
        else [round(float(value), 6) for value in curve.class_agnostic],
    }


def video_of(found: dict[str, Any]) -> dict[str, Any]:
    """Convert the output of :func:`record_video` to arguments of ``draw_timeline``."""
    from mmengine.structures import InstanceData

    from mmacl.structures import ActionDataSample, AttentionCurve

    sample = ActionDataSample(metainfo={'video_name': found['video'], 'duration': found['duration']})
    sample.set_metainfo({'snippet_duration': found['snippet_duration'], 'offset': found['offset']})
    segments, labels = _columns(found['truth'], 1)
    sample.gt_instances = InstanceData(segments=segments, labels=labels)
    rounds = {}
    for round_, rows in found['rounds'].items():
        segments, labels, scores, clusters = _columns(rows, 3)
        rounds[int(round_)] = InstanceData(segments=segments, labels=labels, scores=scores, clusters=clusters)
    sample.pred_instances = rounds[max(rounds)]
    sample.attention_curve = AttentionCurve(
        class_specific=np.array(found['class_specific'], dtype=np.float32),
        class_agnostic=None if found['class_agnostic'] is None else np.array(found['class_agnostic'], dtype=np.float32),
        **{key: found[key] for key in ('cluster', 'video_score', 'snippet_duration', 'offset', 'duration')},
    )
    return {
        'data_sample': sample,
        'class_names': found['classes'],
        'simulated': found['simulated'],
        'rounds': rounds,
    }


def alike(image: NDArray[np.uint8], path: Path) -> bool:
    """Whether a picture on disk shows the same, up to differences between versions of matplotlib."""
    from matplotlib.image import imread

    if not path.is_file():
        return False
    there = 255 * imread(io.BytesIO(path.read_bytes()))[..., :3].astype(np.float64)
    if there.shape != image.shape:
        return False
    height, width = (size // SQUARE * SQUARE for size in image.shape[:2])
    difference = (there - image)[:height, :width].mean(axis=2)
    squares = difference.reshape(height // SQUARE, SQUARE, width // SQUARE, SQUARE).mean(axis=(1, 3))
    return float(np.abs(squares).max()) <= TOLERANCE


def _rows(instances: InstanceData, *fields: str) -> Any:
    return zip(instances.segments.tolist(), *(instances[field] for field in fields), strict=True)


def _columns(rows: list[list[float]], others: int) -> list[NDArray[Any]]:
    """Split rows into segments and the columns after them: labels, scores, clusters."""
    table = np.array(rows, dtype=np.float64).reshape(-1, 2 + others)
    kinds = (np.int64, np.float64, np.int64)
    return [table[:, :2], *(table[:, 2 + i].astype(kinds[i]) for i in range(others))]


if __name__ == '__main__':
    run_tool(main)
