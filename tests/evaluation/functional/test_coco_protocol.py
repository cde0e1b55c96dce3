"""COCO's scorer against COCOeval itself, and AP by length and recall against plain loops."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from mmacl.evaluation.error_analysis.characteristics import EDGES
from mmacl.evaluation.functional import SegmentTable, average_precision, coco_scores
from mmacl.evaluation.functional.coco_figures import COCO_THRESHOLDS, LENGTH_BOUNDS
from mmacl.evaluation.functional.coco_protocol import MAX_DETECTIONS
from mmacl.utils import InputError
from tests.evaluation.functional import plain_protocols
from tests.examples import examples


def table(rows, scored=False):
    """Rows are (video, start, end, label[, score])."""
    columns = list(zip(*rows, strict=True)) or [()] * (5 if scored else 4)
    segments = np.stack([columns[1], columns[2]], axis=1)
    return SegmentTable(columns[0], segments, columns[3], columns[4] if scored else None)


def boxes(rows, **more):
    return [
        {'image_id': row[0], 'category_id': row[3], 'bbox': [row[1], 0, row[2] - row[1], 1], 'id': i, **more}
        for i, row in enumerate(rows, start=1)
    ]


def original(truth, found, ambiguous, num_classes, num_videos, bounds):
    """``eval`` of COCOeval, for which ids start at 1 and lower bounds count."""
    crowd = [(*row, label) for label in range(num_classes) for row in ambiguous]
    known, seen = COCO(), COCO()
    images, categories = ([{'id': i} for i in range(number)] for number in (num_videos, num_classes))
    annotations = boxes([*truth, *crowd])
    for i, (annotation, row) in enumerate(zip(annotations, [*truth, *crowd], strict=True)):
        annotation |= {'iscrowd': int(i >= len(truth)), 'area': round(row[2] - row[1], 6)}
    detections = boxes(found)
    for annotation, row in zip(detections, found, strict=True):
        annotation |= {'score': row[4], 'area': round(row[2] - row[1], 6)}
    for coco, rows in ((known, annotations), (seen, detections)):
        coco.dataset = {'images': images, 'categories': categories, 'annotations': rows}
        coco.createIndex()
    evaluator = COCOeval(known, seen, 'bbox')
    low, high = (np.nextafter(bound, np.inf) for bound in bounds)
    evaluator.params.areaRng = [[0, 1e9], [0, bounds[0]], [low, bounds[1]], [high, 1e9]]
    evaluator.params.areaRngLbl = ['all', 'small', 'medium', 'large']
    evaluator.evaluate()
    evaluator.accumulate()
    evaluator.summarize()
    return evaluator


@pytest.mark.parametrize('seed', range(20))
def test_equals_cocoeval(seed):
    rng = np.random.default_rng(seed)
    num_classes, num_videos, bounds = 4, 6, (2.0, 4.0)

    def rows(number, classes):
        starts, lengths = rng.uniform(0, 20, number), rng.choice([0.0, 2.0, 4.0, *rng.uniform(0, 7, 30)], number)
        videos, labels = rng.integers(0, num_videos, number), rng.integers(0, classes, number)
        return list(zip(videos.tolist(), starts.tolist(), (starts + lengths).tolist(), labels.tolist(), strict=True))

    # Nobody detects the last class but one, and the last has no ground truth. One pair has more than 100 detections.
    truth = rows(int(rng.integers(1, 60)), num_classes - 1)
    near = [truth[i] for i in rng.integers(0, len(truth), 150)]
    near = [(video, start + rng.normal() / 4, end + 1 + rng.normal() / 4, label) for video, start, end, label in near]
    found = [row for row in [*near, *rows(int(rng.integers(0, 200)), num_classes)] if row[3] != num_classes - 2]
    found += [(0, 1.0 + i / 50, 5.0, 0) for i in range(105)] if seed % 2 else []
    found = [(*row, round(float(rng.random()), 2)) for row in found]
    ambiguous = [row[:3] for row in rows(seed % 4, 1)]

    unclear = SegmentTable.unlabelled([[row[1:] for row in ambiguous if row[0] == v] for v in range(num_videos)])
    ours = coco_scores(table(truth), table(found, scored=True), num_classes, unclear, length_bounds=bounds)
    theirs = original(truth, found, ambiguous, num_classes, num_videos, bounds)
    precision = theirs.eval['precision'].transpose(3, 4, 0, 2, 1)[:, -1]  # (A, K, C, 101)
    absent = precision[..., 0] < 0
    expected = np.where(absent, np.nan, precision.mean(axis=-1))
    np.testing.assert_allclose(np.concatenate([ours.precisions[None], ours.by_length]), expected, rtol=0, atol=1e-12)
    recall = theirs.eval['recall'].transpose(3, 2, 0, 1)[:, 0]
    np.testing.assert_allclose(ours.recalls, np.where(recall < 0, np.nan, recall), rtol=0, atol=1e-12)
    summary = list(ours.summary().values())
    np.testing.assert_allclose(np.nan_to_num(summary, nan=-1), theirs.stats[:9], rtol=0, atol=1e-12)


TIMES = st.sampled_from([0.0, 0.3, 0.6, 1.0, 1.6, 2.0, 2.6, 3.2, 4.0, 5.0, 6.4])
SPANS = st.tuples(TIMES, TIMES).map(sorted)
INSTANCES = st.tuples(st.integers(0, 2), SPANS).map(lambda r: (r[0], *r[1], 0))
DETECTIONS = st.tuples(st.integers(0, 3), SPANS, st.sampled_from([0.1, 0.5, 0.9])).map(lambda r: (r[0], *r[1], 0, r[2]))
CASES = dict(
    truth=st.lists(INSTANCES, min_size=1, max_size=12),
    found=st.lists(DETECTIONS, max_size=20),
    ambiguous=st.lists(st.tuples(st.integers(0, 3), SPANS).map(lambda r: (r[0], *r[1])), max_size=3),
)


@examples(150)
@given(**CASES)
def test_lengths_and_recall_equal_the_plain_loops(truth, found, ambiguous):
    thresholds, bounds = (0.1, 0.5, 1.0), (1.0, 2.0)
    unclear = table([(*row, 0) for row in ambiguous])
    ours = coco_scores(table(truth), table(found, scored=True), 1, unclear, thresholds, bounds)
    # In hundredths of a second, which are whole, nothing is rounded.
    whole = [
        [(row[0], *(round(100 * time) for time in row[1:3]), *row[3:]) for row in rows]
        for rows in (truth, found, ambiguous)
    ]
    for row, threshold in enumerate(thresholds):
        case = *whole, threshold
        by_length = [plain_protocols.coco(*case, 64, low, high) for low, high in ((-1, 100), (100, 200), (200, np.inf))]
        recalls = [plain_protocols.coco_recall(*case, number) for number in MAX_DETECTIONS]
        np.testing.assert_allclose(ours.by_length[:, row, 0], by_length, rtol=0, atol=1e-12)
        np.testing.assert_allclose(ours.recalls[:, row, 0], recalls, rtol=0, atol=1e-12)
    lengths = [round(end - start, 6) for _, start, end, _ in truth]
    assert ours.numbers == (sum(x <= 1 for x in lengths), sum(1 < x <= 2 for x in lengths), sum(x > 2 for x in lengths))


def ap(truth, found, threshold=0.5, ambiguous=(), num_classes=1):
    unclear = table([(*row, 0) for row in ambiguous])
    return average_precision(table(truth), table(found, True), [threshold], 'coco', num_classes, unclear)[0].tolist()


def test_equal_scores_are_in_the_order_of_videos_whatever_that_of_the_rows():
    truth = [(0, 0.0, 4.0, 0)]
    hit, miss = (0, 0.0, 4.0, 0, 0.5), (1, 0.0, 4.0, 0, 0.5)
    assert ap(truth, [miss, hit]) == ap(truth, [hit, miss]) == pytest.approx([1.0])


def test_of_instances_with_equal_overlap_the_last_is_taken():
    # The first detection fits both alike, and the second only the one on the right.
    found = [(0, 2.0, 6.0, 0, 0.9), (0, 3.5, 8.0, 0, 0.8)]
    truth = [(0, 0.0, 4.0, 0), (0, 4.0, 8.0, 0)]
    assert ap(truth, found, threshold=0.3) == pytest.approx([51 / 101])
    assert ap(truth[::-1], found, threshold=0.3) == pytest.approx([1.0])


def test_overlap_equal_to_the_threshold_but_for_rounding_reaches_it():
    # tIoU is 0.7 exactly; in floating point it is 0.6999999999999998.
    truth, found = [(0, 10.1, 11.1, 0)], [(0, 10.1, 10.8, 0, 0.9)]
    assert ap(truth, found, threshold=0.7) == pytest.approx([1.0])
    assert ap(truth, found, threshold=0.7001) == [0.0]


def test_a_class_without_detections_and_one_without_instances():
    values = ap([(0, 0.0, 4.0, 0), (0, 0.0, 4.0, 1)], [(0, 0.0, 4.0, 0, 0.9), (0, 0.0, 4.0, 2, 0.9)], num_classes=3)
    assert values[:2] == pytest.approx([1.0, 0.0])
    assert np.isnan(values[2])


def test_instances_of_videos_without_detections_count():
    assert ap([(0, 0.0, 4.0, 0), (1, 0.0, 4.0, 0)], [(0, 0.0, 4.0, 0, 0.9)]) == pytest.approx([51 / 101])


@pytest.mark.parametrize(
    ('end', 'expected'),
    [
        (12.0, 1.0),  # All in the ambiguous segment, however short.
        (14.0, 1.0),  # Half of it.
        (14.1, 0.5),  # Less than half: a false positive.
    ],
)
def test_detections_inside_an_ambiguous_segment_are_left_out(end, expected):
    found = [(0, 10.0, end, 0, 0.9), (0, 10.0, end, 0, 0.8), (0, 0.0, 4.0, 0, 0.7)]
    wrong = 2 if expected < 1 else 0
    values = ap([(0, 0.0, 4.0, 0)], found, ambiguous=[(0, 8.0, 12.0)])
    assert values == pytest.approx([1 / (1 + wrong)])


def test_an_instance_goes_before_an_ambiguous_segment_that_fits_better():
    assert ap([(0, 0.0, 4.0, 0)], [(0, 1.0, 4.0, 0, 0.9)], ambiguous=[(0, 0.0, 8.0)]) == pytest.approx([1.0])


def test_only_the_best_hundred_detections_of_a_class_in_a_video_count():
    miss = [(0, 9.0, 9.5, 0, 0.9)] * 100
    truth, hit = [(0, 0.0, 4.0, 0), (1, 0.0, 4.0, 0)], (0, 0.0, 4.0, 0, 0.8)
    assert ap(truth, [*miss, hit]) == [0.0]
    assert ap(truth, [*miss[1:], hit])[0] > 0
    assert ap(truth, [*miss, (1, *hit[1:])])[0] > 0


def test_a_length_at_a_bound_belongs_to_the_lower_group():
    # 9.6 - 3.2 is a little less than 6.4, and 12.8 - 6.4 is 6.4.
    truth = table([(0, 3.2, 9.6, 0), (1, 6.4, 12.8, 0), (1, 20.0, 26.5, 0)])
    scores = coco_scores(truth, table([], scored=True), 1, length_bounds=(3, 6.4))
    assert scores.numbers == (0, 2, 1)
    assert np.isnan(scores.summary()['AP_short'])
    assert scores.summary()['AP_medium'] == 0.0


@pytest.mark.parametrize('bounds', [(3,), (3, 3), (6, 3), (0, 3), (3, float('inf')), (float('nan'), 3), (1, 2, 3)])
def test_bounds_that_do_not_rise_are_refused(bounds):
    with pytest.raises(InputError, match='not two rising numbers of seconds'):
        coco_scores(table([]), table([], scored=True), 1, length_bounds=bounds)


def test_the_default_bounds_are_those_of_the_error_analysis():
    assert {name: bins['length'][:2] for name, bins in EDGES.items()} == LENGTH_BOUNDS


def test_the_thresholds_are_those_of_coco():
    np.testing.assert_allclose(COCOeval(iouType='bbox').params.iouThrs, COCO_THRESHOLDS, rtol=0, atol=1e-15)


def test_is_silent_and_imports_only_what_it_needs():
    code = """
import sys
from mmacl.evaluation.functional import SegmentTable, coco_scores
assert 'pycocotools' not in sys.modules
before = set(sys.modules)
truth = SegmentTable([0], [[0.0, 4.0]], [0])
coco_scores(truth, SegmentTable([0], [[0.0, 4.0]], [0], [0.5]), 1)
assert 'pycocotools.cocoeval' in sys.modules
assert not {'matplotlib', 'torch'} & (set(sys.modules) - before)
"""
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, '', '')
