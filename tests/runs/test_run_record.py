"""A training leaves a record from which everything can be drawn and scored again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from mmacl.apis import RunRecord, init_model
from mmacl.datasets import UntrimmedVideoDataset
from mmacl.engine import represent_videos
from mmacl.runs.run_record import FACTS
from mmacl.structures.attention_curve import AttentionCurve, save_curves
from mmacl.utils import InputError


@pytest.fixture
def trained(cli, folder, write_config, tmp_path):
    """Config and work_dir of a training of three rounds."""
    config, work_dir = write_config(folder), tmp_path / 'run'
    code, _, error = cli('train.py', config, '--work-dir', work_dir)
    assert code == 0, error
    return config, work_dir


def test_the_record_of_a_run_is_what_the_run_did(trained, folder, cli, tmp_path):
    config, work_dir = trained
    record = RunRecord(work_dir)
    assert record.rounds == (1, 2, 3)
    assert not record.simulated
    assert record.info['config'] == 'tiny_us'
    assert record.info['selection'].startswith('strict')
    assert record.info['protocol'] == 'activitynet'
    assert record.classes == ('class_0', 'class_1', 'class_2')

    # The segments score as the row says, by the scorer that needs no model.
    out = tmp_path / 'scores.json'
    detections = work_dir / 'records/round_3/detections.json'
    truth = work_dir / 'records/ground_truth.json'
    code, _, error = cli(
        'analysis_tools/eval_detections.py', truth, detections, '--subset', 'test', '--tiou', '0.5', '--json', out
    )
    assert code == 0, error
    assert _contains(json.loads(out.read_text()), record.rows[-1]['tal/mAP@0.5'])

    # The representations are those of the videos, uniformly weighted in round 1, in the order of the labels.
    dataset = UntrimmedVideoDataset(str(folder), subset='train', timing=dict(fps=1.0, snippet_stride=1))
    model = init_model(config)
    expected = represent_videos(model, dataset, uniform=True)
    assert record.labels(1).video_names == dataset.video_names
    np.testing.assert_allclose(record.representations(1), expected, rtol=1e-5)
    np.testing.assert_array_equal(record.action_counts(dataset.video_names), dataset.action_counts())

    # What is drawn of a video is what the last model finds in it.
    code, _, error = cli(
        'test.py', config, work_dir / 'epoch_6.pth', '--work-dir', work_dir, '--dump-attention', tmp_path / 'attention'
    )
    assert code == 0, error
    video = 'video_014'
    sample = record.sample(video, 3)
    with np.load(tmp_path / 'attention' / f'{video}.npz', allow_pickle=False) as dumped:
        cluster = int(dumped['video_scores'].argmax())
        curve = record.attention(3)[video]
        assert curve.cluster == cluster
        np.testing.assert_array_equal(curve.class_specific, dumped['class_specific_attention'][:, cluster])
        np.testing.assert_array_equal(curve.class_agnostic, dumped['class_agnostic_attention'])
    assert len(sample.pred_instances.segments) == len(record.detections(3)[video]) > 0
    annotated = json.loads((folder / 'annotations.json').read_text())['database'][video]
    assert sample.gt_instances.segments.tolist() == [annotated['annotations'][0]['segment']]
    assert sample.gt_instances.labels.tolist() == [2]

    # A test in the same folder leaves a log without rounds, which hides nothing.
    assert RunRecord(work_dir).rows == record.rows

    with pytest.raises(InputError, match='round 4 is not finished'):
        record.attention(4)
    with pytest.raises(InputError, match="no video 'other'"):
        record.sample('other', 3)


def _contains(node: object, value: float) -> bool:
    if isinstance(node, dict):
        return any(_contains(item, value) for item in node.values())
    if isinstance(node, list):
        return any(_contains(item, value) for item in node)
    return isinstance(node, float) and node == pytest.approx(value, abs=1e-9)


def test_a_folder_without_annotations_is_recorded_without_truth(cli, folder, write_config, tmp_path):
    (folder / 'annotations.json').unlink()
    extra = (
        'for loader in (train_dataloader, val_dataloader, test_dataloader):\n'
        "    loader['dataset'].update(ann_file=None, subset=None)\n"
        'train_cfg = dict(num_rounds=1, epochs_per_round=1)\n'
    )
    work_dir = tmp_path / 'run'
    code, _, error = cli('train.py', write_config(folder, extra), '--work-dir', work_dir)
    assert code == 0, error
    record = RunRecord(work_dir)
    assert record.classes is None
    assert record.ground_truth is None
    assert record.action_counts(('video_000',)) is None
    sample = record.sample('video_000', 1)
    assert 'gt_instances' not in sample
    assert sample.pred_instances.labels.tolist() == sample.pred_instances.clusters.tolist()


def write_log(work_dir: Path, name: str, rows: list[dict]) -> None:
    path = work_dir / name / 'vis_data' / 'scalars.json'
    path.parent.mkdir(parents=True)
    path.write_text(''.join(json.dumps(row) + '\n' for row in rows))


@pytest.fixture
def empty_record(tmp_path):
    """A record without a round, for what is read from logs."""
    (tmp_path / 'records' / 'round_1').mkdir(parents=True)
    facts = dict.fromkeys(FACTS) | {'simulated': False}
    (tmp_path / 'records' / 'run.json').write_text(json.dumps(facts))
    return tmp_path


def test_a_folder_that_holds_no_record_is_refused(tmp_path, empty_record):
    with pytest.raises(InputError, match='no such folder'):
        RunRecord(tmp_path / 'nowhere')
    with pytest.raises(InputError, match='scalars'):
        RunRecord(empty_record)
    shutil.rmtree(empty_record / 'records')
    with pytest.raises(InputError, match=r'records/run\.json'):
        RunRecord(empty_record)


def test_a_damaged_record_is_refused(empty_record):
    write_log(empty_record, '20200101_000000', [{'round': 1, 'step': 1}])
    folder = empty_record / 'records'
    assert RunRecord(empty_record).detections(1) == RunRecord(empty_record).attention(1) == {}
    # One of the two files of a validation without the other.
    save_curves(folder / 'round_1/attention.npz', {})
    with pytest.raises(InputError, match=r'detections\.json: cannot be read'):
        RunRecord(empty_record).detections(1)
    (folder / 'round_1/attention.npz').unlink()
    (folder / 'round_1/detections.json').write_text('{}')
    with pytest.raises(InputError, match=r'attention\.npz: cannot be read'):
        RunRecord(empty_record).attention(1)
    with pytest.raises(InputError, match='holds no object "results"'):
        RunRecord(empty_record).detections(1)
    for text, missing in (('[]', 'mmacl, config'), ('{}', 'mmacl, config')):
        (folder / 'run.json').write_text(text)
        with pytest.raises(InputError, match=rf'run\.json: does not say {missing}'):
            RunRecord(empty_record)


def test_a_name_that_could_not_be_that_of_a_file_is_refused(empty_record):
    write_log(empty_record, '20200101_000000', [{'round': 1, 'step': 1}])
    values = np.zeros(2, dtype=np.float32)
    curve = AttentionCurve(values, values, 0, 0.5, 1.0, 0.0, 2.0)
    save_curves(empty_record / 'records/round_1/attention.npz', {'../../above': curve})
    with pytest.raises(InputError, match=r"attention\.npz: video name '\.\./\.\./above' cannot be a file name"):
        RunRecord(empty_record).attention(1)


def test_only_rounds_with_a_record_count(empty_record):
    write_log(empty_record, '20200101_000000', [{'round': 1, 'step': 1}, {'round': 2, 'step': 2}])
    assert RunRecord(empty_record).rounds == (1,)
