"""The metric that collects, scores and prints."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import pytest
import torch.distributed as dist
import torch.multiprocessing as mp
from mmengine.evaluator import Evaluator
from mmengine.logging import MMLogger
from mmengine.structures import InstanceData

from mmacl.datasets import AnnotationSet, LoadActionAnnotations, VideoRecord
from mmacl.evaluation import VIDEO_LISTS, GroundTruth, SegmentTable, TemporalMAP, VideoList, mean_average_precision
from mmacl.registry import METRICS
from mmacl.structures import ActionDataSample
from mmacl.utils import InputError
from tests.evaluation.metrics import distributed_scoring

CLASSES = ('dive', 'jump', 'run')
META = dict(classes=CLASSES, dataset_name='toys')


def instances(rows, scored=True):
    """Rows are (start, end, label[, score])."""
    rows = np.array(rows, dtype=float).reshape(-1, 4 if scored else 3)
    data = InstanceData(segments=rows[:, :2], labels=rows[:, 2].astype(np.int64))
    if scored:
        data.scores = rows[:, 3]
        data.clusters = np.zeros(len(rows), dtype=np.int64)
    return data


def video(name, truth=None, **streams):
    sample = ActionDataSample(metainfo=dict(video_name=name, duration=100.0))
    if truth is not None:
        sample.gt_instances = instances(truth, scored=False)
    for key, rows in streams.items():
        setattr(sample, f'{key}_pred_instances'.removeprefix('fused_'), instances(rows))
    return sample


def score(samples, meta=META, **options):
    options = {'tiou_thresholds': (0.3, 0.5), 'averages': ((0.3, 0.5),), **options}
    evaluator = Evaluator([TemporalMAP(**options)])
    evaluator.dataset_meta = meta
    for sample in samples:
        evaluator.process([sample])
    return evaluator.evaluate(len(samples))


@pytest.fixture
def log():
    """What goes to mmengine's current logger."""
    lines = []

    class Lines(logging.Handler):
        def emit(self, record):
            lines.append(record.getMessage())

    logger, handler = MMLogger.get_current_instance(), Lines()
    logger.addHandler(handler)
    yield lines
    logger.removeHandler(handler)


@pytest.fixture
def samples():
    return [
        video(
            'a',
            [(0, 10, 0)],
            fused=[(0, 10, 0, 0.9)],
            rgb=[(0, 4, 0, 0.9)],
            flow=[(50, 60, 0, 0.9)],
        ),
        video('b', [(0, 10, 1)], fused=[], rgb=[(0, 10, 1, 0.9)], flow=[]),
    ]


def test_keys_are_fused_and_per_stream_and_values_fractions(samples):
    assert score(samples) == {
        'tal/mAP@0.3': 0.5,
        'tal/mAP@0.5': 0.5,
        'tal/mAP@avg(0.3:0.5)': 0.5,
        'tal/rgb/mAP@0.3': 1.0,
        'tal/rgb/mAP@0.5': 0.5,
        'tal/rgb/mAP@avg(0.3:0.5)': 0.75,
        'tal/flow/mAP@0.3': 0.0,
        'tal/flow/mAP@0.5': 0.0,
        'tal/flow/mAP@avg(0.3:0.5)': 0.0,
    }
    assert all(type(value) is float for value in score(samples).values())


def test_the_protocol_coco_adds_its_figures_and_a_table(samples, log):
    scores = score(samples, protocol='coco', length_bounds=(3, 20))
    lengthless = {'AP', 'AP50', 'AP75', 'AR@1', 'AR@10', 'AR@100'}
    keys = {key.removeprefix('tal/') for key in scores if 'mAP' not in key}
    # Both instances last 10 s, so that nothing is known of short and long ones.
    assert keys == {prefix + name for prefix in ('', 'rgb/', 'flow/') for name in lengthless | {'AP_medium'}}
    assert scores['tal/AP50'] == pytest.approx(scores['tal/mAP@0.5'])
    assert scores['tal/AP_medium'] == pytest.approx(0.5)
    assert scores['tal/rgb/AR@1'] == 0.5
    assert 'instances 0 short (to 3 s), 2 medium (to 20 s), 0 long; protocol coco, toys' in log[1]


def test_one_modality_has_no_rows_of_streams():
    assert set(score([video('a', [(0, 10, 0)], fused=[(0, 10, 0, 0.9)])])) == {
        'tal/mAP@0.3',
        'tal/mAP@0.5',
        'tal/mAP@avg(0.3:0.5)',
    }


def test_the_table_says_all_that_the_score_depends_on(samples, log):
    score(samples)
    (table,) = log
    assert 'protocol activitynet, toys, 2 videos, 2 instances of 2 classes' in table
    assert '| fused  |  50.00 | 50.00 |        50.00 |' in table
    assert '| rgb    |' in table
    assert 'strict: last checkpoint, nothing chosen by labels' in table
    assert 'ambiguous' not in table
    assert 'simulated' not in table


def test_simulated_data_are_called_simulated(samples, log):
    score(samples, meta={**META, 'simulated': True})
    assert 'simulated data' in log[0]


def test_a_table_by_class_on_request(samples, log):
    score(samples, classwise=True)
    rows = [[cell.strip() for cell in line.split('|')[1:-1]] for line in log[1].splitlines()]
    assert ['dive', '1', '100.00', '100.00', '100.00'] in rows
    assert ['jump', '1', '0.00', '0.00', '0.00'] in rows
    assert ['run', '0', '-', '-', '-'] in rows


@pytest.mark.parametrize(('protocol', 'expected'), [('activitynet', 0.5), ('co2net', 1.0), ('thumos14', 1.0)])
def test_ambiguous_segments_come_from_the_data(protocol, expected, log):
    sample = video('a', [(0, 6.4, 0)], fused=[(64, 70.4, 0, 0.9), (0, 6.4, 0, 0.8)])
    sample.gt_ambiguous = InstanceData(segments=np.array([[64.0, 66.0]]))
    other = video('b', [], fused=[])
    other.gt_ambiguous = InstanceData(segments=np.zeros((0, 2)))
    assert score([sample, other], protocol=protocol)['tal/mAP@0.5'] == expected
    assert ('1 ambiguous segments' in log[0]) == (protocol != 'activitynet')


def test_a_protocol_that_reads_ambiguous_segments_says_that_there_are_none(samples, log):
    score(samples, protocol='wtalc')
    assert 'no ambiguous segments' in log[0]


def test_a_video_list_leaves_out_videos_and_is_named(log, monkeypatch):
    monkeypatch.setitem(VIDEO_LISTS, 'short', VideoList('short', frozenset({'b'}), 1, 1))
    both = [
        video('b', [(0, 10, 0)], fused=[(20, 30, 0, 0.9)]),
        video('a', [(0, 10, 0)], fused=[(0, 10, 0, 0.8)]),
    ]
    assert score(both)['tal/mAP@0.5'] == 0.25
    assert score(both, video_list='short')['tal/mAP@0.5'] == 1.0
    assert 'list short, 1 videos, 1 instances of 1 classes' in log[1]
    with pytest.raises(InputError, match='video list short has 1 videos and 1 instances, found 0 and 0'):
        score(both[:1], video_list='short')


def test_a_data_set_and_its_annotations_alone_give_the_same_score(log):
    records = [
        VideoRecord('a', 'test', 10.0, np.array([[5.0, 10.9], [11.0, 12.0]]), ('dive', 'run')),
        VideoRecord('b', 'test', None, np.array([[5.0, 10.9], [0.0, 1.0]]), ('dive', 'jump')),
    ]
    rows = [(5, 10, 0, 0.9), (0, 1, 1, 0.5)]
    samples = [video(name, fused=rows) for name in 'ab']
    for sample, record in zip(samples, records, strict=True):
        loaded = LoadActionAnnotations()(dict(load_record=lambda record=record: record, classes=CLASSES))
        sample.gt_instances = loaded['gt_instances']
    tious = (0.5, 0.8, 0.9)
    scores = score(samples, tiou_thresholds=tious, averages=())

    truth = GroundTruth.from_annotations(AnnotationSet(records, CLASSES), 'test', 'gt')
    table = SegmentTable.from_videos(
        [dict(segments=[row[:2] for row in rows], labels=[0, 1], scores=[0.9, 0.5])] * 2, scored=True
    )
    expected = mean_average_precision(truth.instances, table, tious)
    assert expected.tolist() == [0.75, 0.75, 0.5]
    assert list(scores.values()) == expected.tolist()
    assert '3 instances of 2 classes, 1 clipped to the video, 1 outside the video dropped' in log[0]


def test_whole_videos_as_a_baseline(samples, log):
    without, scores = score(samples), score(samples, baseline='whole-video')
    # Videos last 100 s, and the fused predictions name one class in one of them.
    assert {key: value for key, value in scores.items() if 'whole' in key} == {
        'tal/whole-video/mAP@0.3': 0.0,
        'tal/whole-video/mAP@0.5': 0.0,
        'tal/whole-video/mAP@avg(0.3:0.5)': 0.0,
    }
    assert {key: value for key, value in scores.items() if 'whole' not in key} == without
    assert '| whole-video |' in log[-1]
    samples[0].set_metainfo(dict(duration=20.0))
    assert score(samples, baseline='whole-video')['tal/whole-video/mAP@0.5'] == 0.5


def test_a_repeated_video_counts_once(samples):
    padded = [*samples, video('a', [(0, 10, 0)], fused=[(0, 10, 0, 0.9)], rgb=[], flow=[])]
    assert score(padded) == score(samples)


def test_the_order_of_the_videos_does_not_break_ties_anew():
    several = [video('b', [(0, 10, 0)], fused=[(0, 10, 0, 0.5)]), video('a', [], fused=[(0, 10, 0, 0.5)])]
    assert score(several) == score(several[::-1])
    assert score(several)['tal/mAP@0.5'] == 0.5


def test_without_ground_truth_one_line_and_no_score(log):
    unlabelled = [video('a', fused=[(0, 1, 0, 0.5), (2, 3, 0, 0.4)]), video('b', fused=[(0, 1, 0, 0.5)])]
    assert score(unlabelled, meta=dict(dataset_name='mine')) == {}
    assert log == ['No ground truth, so no mAP: 2 videos, 3 segments predicted']


def test_ground_truth_of_videos_without_detections_counts():
    both = [video('a', [(0, 10, 0)], fused=[(0, 10, 0, 0.9)]), video('b', [(0, 10, 0)], fused=[])]
    assert score(both)['tal/mAP@0.5'] == 0.5


def test_the_metric_can_be_used_again(samples):
    evaluator = Evaluator([TemporalMAP(tiou_thresholds=(0.5,), averages=())])
    evaluator.dataset_meta = META
    for _ in range(2):
        evaluator.process(samples)
        assert evaluator.evaluate(2)['tal/mAP@0.5'] == 0.5


def test_built_from_a_config_with_another_prefix(samples):
    metric = METRICS.build(dict(type='TemporalMAP', prefix='val'))
    assert isinstance(metric, TemporalMAP)
    assert metric.prefix == 'val'
    assert list(metric.columns.thresholds) == [0.3, 0.4, 0.5, 0.6, 0.7]


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(protocol='pascal'), "protocol 'pascal'"),
        (dict(video_list='213'), "video list '213' is not known; choose one of thumos14_test_212"),
        (dict(tiou_thresholds=(30,)), '30 is not in'),
        (dict(averages=((0.1, 0.7),)), '0.1 is not among'),
        (dict(baseline='oracle'), "baseline 'oracle' is not known"),
    ],
)
def test_wrong_options_are_refused_before_the_run(options, message):
    with pytest.raises(InputError, match=message):
        TemporalMAP(**options)


def test_unfit_samples_are_refused(samples):
    with pytest.raises(InputError, match="video 'a': has no pred_instances"):
        score([video('a', [(0, 10, 0)])])
    with pytest.raises(InputError, match="has no 'classes'"):
        score(samples, meta={})
    with pytest.raises(InputError, match=r'label 7 is not in \[0, 3\)'):
        score([video('a', [(0, 10, 0)], fused=[(0, 10, 7, 0.9)])])


def in_a_process(rank, folder):
    dist.init_process_group('gloo', init_method=f'file://{folder}/rendezvous', rank=rank, world_size=2)
    scores = [distributed_scoring.score(rank, 2, collect_device) for collect_device in ('gpu', 'cpu')]
    Path(folder, f'{rank}.json').write_text(json.dumps(scores))
    dist.destroy_process_group()


def test_two_processes_score_as_one(tmp_path):
    alone = distributed_scoring.score(0, 1, 'gpu')
    assert 0 < alone['tal/mAP@0.5'] < 1
    assert 0 < alone['tal/rgb/mAP@0.5'] < alone['tal/mAP@0.5']

    mp.start_processes(in_a_process, (str(tmp_path),), nprocs=2, start_method='fork')
    for rank in range(2):
        assert json.loads((tmp_path / f'{rank}.json').read_text()) == [alone, alone]
