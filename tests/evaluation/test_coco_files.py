"""Detections in COCO's form, and what was scored as a pair of COCO files."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from io import StringIO

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from mmacl.datasets.annotations import AnnotationSet, CocoAnnotations, VideoRecord, open_annotations
from mmacl.evaluation import GroundTruth, SegmentTable, read_detections
from mmacl.evaluation.coco_files import coco_detections, write_coco_files
from mmacl.evaluation.functional import coco_scores
from mmacl.utils import InputError

CLASSES = ('jump', 'dive')


def entry(image_id=1, category_id=1, box=(0, 0, 4, 1), score=0.5):
    return {'image_id': image_id, 'category_id': category_id, 'bbox': list(box), 'score': score}


@pytest.fixture
def gt(tmp_path):
    """Videos b and a have ids 1 and 2, the classes ids 1 and 2 in their own order."""
    records = [VideoRecord(name, segments=np.array([[0.0, 4.0]]), labels=('dive',)) for name in 'ba']
    (tmp_path / 'gt.json').write_text(CocoAnnotations.text(AnnotationSet(records, CLASSES), ''))
    return tmp_path / 'gt.json'


@pytest.fixture
def read(tmp_path):
    def read(content, ground_truth=None):
        (tmp_path / 'r.json').write_text(json.dumps(content))
        return read_detections(tmp_path / 'r.json', ground_truth)

    return read


def test_ids_are_those_of_the_ground_truth(read, gt):
    found = read([entry(2, 2), entry(1, 1, (1.5, 0, 2, 1), '0.25'), entry(2.0, 1.0), entry(9, 1)], gt)
    assert found.video_names == ('a', 'b', 'image_id 9')
    table = found.bind(['a', 'b'], CLASSES)
    assert table.videos.tolist() == [0, 0, 1]
    assert table.labels.tolist() == [1, 0, 0]
    assert table.segments.tolist() == [[0, 4], [0, 4], [1.5, 3.5]]
    assert table.scores.tolist() == [0.5, 0.5, 0.25]


def test_names_do_as_ids_with_any_ground_truth(read, tmp_path):
    (tmp_path / 'activitynet.json').write_text('{"database": {}}')
    for ground_truth in (None, tmp_path / 'activitynet.json'):
        found = read([entry('v_a', 'dive'), entry('v_a', 1)], ground_truth)
        table = found.bind(['a'], CLASSES, first_id=1)
        assert (table.videos.tolist(), table.labels.tolist()) == ([0, 0], [1, 0])


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ([5], 'detection 5 has no "image_id" or no "category_id"; expected [{"image_id"'),
        ([entry(None)], 'has no "image_id" or no "category_id"'),
        ([entry(True)], 'has no "image_id" or no "category_id"'),
        ([entry(1, {})], 'has no "image_id" or no "category_id"'),
        ([entry(1, 7)], '"category_id" 7 is not in the "categories" of '),
        ([entry(box=(0, 5, 4, 9))], '"bbox" [0, 5, 4, 9] is not [start, 0, length, 1]'),
        ([entry(box=())], '"bbox" [] is not [start, 0, length, 1]'),
        ([entry(score='high')], "video 'b': 'high' is not a finite number"),
        ([entry(score=None)], "video 'b': detection"),
        ([entry(box=(10**400, 0, 1, 1))], 'is not a number of seconds'),
    ],
)
def test_hostile_entries_are_refused_in_one_line(read, gt, tmp_path, content, message):
    with pytest.raises(InputError) as caught:
        read(content, gt)
    text = str(caught.value)
    assert message in text
    assert text.startswith(str(tmp_path / 'r.json'))
    assert len(text.splitlines()) == 1


def test_numbers_need_the_coco_json_that_has_them(read, tmp_path):
    (tmp_path / 'activitynet.json').write_text('{"database": {}}')
    with pytest.raises(InputError, match=r'"image_id" 1 is a number, .*; score against the COCO JSON that has them'):
        read([entry()], tmp_path / 'activitynet.json')


def test_missing_ground_truth_is_named(read, tmp_path):
    with pytest.raises(InputError, match=r'none\.json: no such file or folder'):
        read([entry()], tmp_path / 'none.json')


def random_case(seed):
    rng = np.random.default_rng(seed)

    def table(number, scored):
        starts = rng.uniform(0, 50, number)
        segments = np.stack([starts, starts + rng.uniform(0, 9, number)], axis=1)
        scores = rng.random(number) if scored else None
        return SegmentTable(np.sort(rng.integers(0, 5, number)), segments, rng.integers(0, 2, number), scores)

    truth, ambiguous, wrong = table(30, False), table(4, False), table(60, True)
    rows = np.tile(np.arange(30), 3)
    found = SegmentTable(
        np.concatenate([truth.videos[rows], wrong.videos]),
        np.concatenate([truth.segments[rows] + rng.uniform(0, 1, (90, 1)), wrong.segments]),
        np.concatenate([truth.labels[rows], wrong.labels]),
        rng.random(150),
    )
    found = found.take(np.argsort(found.videos, kind='stable'))
    names = ('a', 'b', 'c', 'd', 'e')
    return GroundTruth.of_videos(
        'gt.json',
        {
            name: {
                'segments': truth.segments[truth.videos == i],
                'labels': truth.labels[truth.videos == i],
                'ambiguous': ambiguous.segments[ambiguous.videos == i],
                **({'duration': 60.0} if i % 2 else {}),
            }
            for i, name in enumerate(names)
        },
        CLASSES,
    ), found


@pytest.mark.parametrize('seed', range(3))
def test_written_files_are_read_again_and_pycocotools_scores_them_alike(tmp_path, seed):
    truth, found = random_case(seed)
    write_coco_files(tmp_path / 'out', truth, found)
    gt, results = tmp_path / 'out' / 'ground_truth.json', tmp_path / 'out' / 'detections.json'

    again = GroundTruth.from_annotations(open_annotations(gt), None, 'gt')
    assert (again.video_names, again.classes) == (truth.video_names, truth.classes)
    for name in ('instances', 'ambiguous'):
        one, other = getattr(truth, name), getattr(again, name)
        assert (one.videos.tolist(), one.segments.tolist()) == (other.videos.tolist(), other.segments.tolist())
    table = read_detections(results, gt).bind(again.video_names, again.classes)
    np.testing.assert_allclose(table.segments, found.segments, rtol=0, atol=1e-12)
    for name in ('videos', 'labels', 'scores'):
        assert getattr(table, name).tolist() == getattr(found, name).tolist()
    assert coco_detections(table) == json.loads(results.read_text())

    ours = coco_scores(truth.instances, found, 2, truth.ambiguous, length_bounds=(2, 5))
    with redirect_stdout(StringIO()):
        known = COCO(gt)
        evaluator = COCOeval(known, known.loadRes(str(results)), 'bbox')
        evaluator.params.areaRng = [[0, 1e9], [0, 2], [np.nextafter(2, 3), 5], [np.nextafter(5, 6), 1e9]]
        evaluator.evaluate()
        evaluator.accumulate()
        evaluator.summarize()
    assert 0.1 < evaluator.stats[0] < 0.9
    np.testing.assert_allclose(list(ours.summary().values()), evaluator.stats[:9], rtol=0, atol=1e-12)
