"""Scoring files without a model."""

from __future__ import annotations

import json

import pytest

from mmacl.commands import diagnose_detections, eval_detections
from mmacl.evaluation import PROTOCOLS
from mmacl.evaluation.error_analysis import EDGES

TOOL = 'analysis_tools/eval_detections.py'
COCO = ('AP', 'AP50', 'AP75', 'AP_short', 'AP_medium', 'AP_long', 'AR@1', 'AR@10', 'AR@100')


@pytest.fixture
def files(tmp_path):
    """Two scored videos of subset test, one of train, and results that know all of them."""
    truth = {
        'a': {'subset': 'test', 'annotations': [{'segment': ['0.0', '6.4'], 'label': 'dive'}]},
        'b': {'subset': 'test', 'annotations': [{'segment': ['6.4', '12.8'], 'label': 'jump'}]},
        't': {'subset': 'train', 'annotations': [{'segment': ['0', '1'], 'label': 'run'}]},
    }
    found = {
        'v_a': [{'label': 0, 'score': '0.9', 'segment': [0.0, 6.4]}],
        'b': [
            {'label': 'jump', 'score': 0.9, 'segment': [64.0, 70.4]},
            {'label': 'jump', 'score': 0.8, 'segment': [6.4, 12.8]},
        ],
        't': [{'label': 'run', 'score': 0.9, 'segment': [0.0, 1.0]}],
    }
    gt, results = tmp_path / 'gt.json', tmp_path / 'results.json'
    gt.write_text(json.dumps({'database': truth}))
    results.write_text(json.dumps({'results': found}))
    return gt, results


def test_prints_what_the_score_depends_on(cli, files):
    code, out, _ = cli(TOOL, *files, '--subset', 'test')
    assert code == 0
    assert 'protocol activitynet, all of subset test, 2 videos, 2 instances of 2 classes' in out
    row = next(line for line in out.splitlines() if line.startswith('| activitynet'))
    assert row.split('|')[2:-1] == [' 75.00 ', *[' 75.00 '] * 6, '        75.00 ', '        75.00 ']
    assert 'avg(0.3:0.7)' in out
    assert 'avg(0.1:0.7)' in out
    assert '3 detections in 2 of these videos; 1 in videos that are not scored were left out' in out


def test_all_protocols_side_by_side_with_ambiguous_segments_and_json(cli, files, tmp_path):
    (tmp_path / 'ambiguous.txt').write_text('b  66.0 67.0\nelsewhere  0 1\n')
    code, out, _ = cli(
        TOOL, *files, '--subset', 'test', '--protocol', 'all', '--ambiguous', tmp_path / 'ambiguous.txt',
        '--tiou', 0.5, '--per-class', '--json', tmp_path / 'f.json',
    )  # fmt: skip
    assert code == 0
    first_words = [line.split()[1] for line in out.splitlines() if line.startswith('| ')]
    # Once more in the table of COCO's figures.
    assert [word for word in first_words if word in PROTOCOLS] == [*PROTOCOLS, 'coco']
    assert 'protocol by row, all of subset test, 2 videos, 2 instances of 2 classes, 1 ambiguous segments' in out
    assert out.count('AP (%) by class') == len(PROTOCOLS)
    assert 'COCO (%): tIoU 0.5:0.05:0.95, instances 0 short (to 3 s), 0 medium (to 6 s), 2 long; protocol coco, ' in out
    figures = json.loads((tmp_path / 'f.json').read_text())
    assert figures['mAP'] == {
        'activitynet': {'0.5': 0.75},
        'co2net': {'0.5': 1.0},
        'wtalc': {'0.5': 1.0},
        'thumos14': {'0.5': 1.0},
        'coco': {'0.5': pytest.approx(0.75)},
    }
    assert figures['AP']['activitynet'] == {'dive': {'0.5': 1.0}, 'jump': {'0.5': 0.5}, 'run': {'0.5': None}}
    expected = dict(subset='test', videos=2, instances=2, classes=2, detections=3, ambiguous_segments=1)
    assert {key: figures[key] for key in expected} == expected
    assert figures['detections_left_out'] == 1


def test_coco_figures_by_length(cli, files, tmp_path):
    arguments = ('--subset', 'test', '--protocol', 'coco', '--tiou', 0.3, '--length-bounds', 2, 6.4)
    code, out, _ = cli(TOOL, *files, *arguments, '--json', tmp_path / 'f.json')
    assert code == 0
    assert 'instances 0 short (to 2 s), 2 medium (to 6.4 s), 0 long; protocol coco' in out
    table = out[out.index('COCO (%)') :].splitlines()
    headings, row = (line.replace('|', '').split()[1:] for line in table if line.startswith('| '))
    assert headings == list(COCO)
    assert row == ['75.00'] * 3 + ['-', '75.00', '-', '50.00', '100.00', '100.00']
    figures = json.loads((tmp_path / 'f.json').read_text())
    assert figures['mAP'] == {'coco': {'0.3': pytest.approx(0.75)}}
    values = [0.75, 0.75, 0.75, None, 0.75, None, 0.5, 1.0, 1.0]
    expected = {name: value and pytest.approx(value) for name, value in zip(COCO, values, strict=True)}
    counts = {'short': 0, 'medium': 2, 'long': 0}
    assert figures['coco'] == {**expected, 'length_bounds': [2.0, 6.4], 'instances_by_length': counts}


def test_all_subsets_at_once(cli, files, tmp_path):
    code, out, _ = cli(TOOL, *files, '--subset', 'all', '--tiou', 0.5, '--json', tmp_path / 'f.json')
    assert code == 0
    assert 'protocol activitynet, all videos, 3 videos, 3 instances of 3 classes' in out
    assert '4 detections in 3 of these videos\n' in out
    figures = json.loads((tmp_path / 'f.json').read_text())
    assert figures['mAP'] == {'activitynet': {'0.5': pytest.approx(2.5 / 3)}}
    assert (figures['subset'], figures['detections_left_out']) == (None, 0)


def test_a_subset_may_be_called_all(cli, files):
    content = json.loads(files[0].read_text())
    content['database']['a']['subset'] = 'all'
    files[0].write_text(json.dumps(content))
    _, out, _ = cli(TOOL, *files, '--subset', 'all')
    assert 'all of subset all, 1 videos, 1 instances' in out


def test_rows_without_length_are_false_positives_and_ids_are_named(cli, files, tmp_path):
    content = json.loads(files[1].read_text())
    content['results']['v_a'] += [
        {'label': 0, 'score': 0.95, 'segment': [7.0, 5.0]},
        {'label': 'dive', 'score': 0.94, 'segment': [5.0, 5.0]},
    ]
    files[1].write_text(json.dumps(content))
    arguments = ('--subset', 'test', '--tiou', 0.5, '--protocol', 'all', '--json', tmp_path / 'f.json')
    code, out, _ = cli(TOOL, *files, *arguments)
    assert code == 0
    assert '\ndetections without length: 2 (1 reversed); they count as false positives\n' in out
    assert "\ndetections whose label is an id: 2; id 0 is 'dive', the first class; --first-id changes that\n" in out
    figures = json.loads((tmp_path / 'f.json').read_text())
    # Found at rank 3, beside the other class at rank 2.
    expected = {name: {'0.5': pytest.approx((1 / 3 + 1 / 2) / 2, abs=0.01)} for name in PROTOCOLS}
    assert figures['mAP'] == expected
    counts = ('detections_without_length', 'detections_reversed', 'detections_with_class_ids', 'first_id')
    assert [figures[key] for key in counts] == [2, 1, 2, 0]


def test_whole_videos_as_a_baseline(cli, files, tmp_path):
    content = json.loads(files[0].read_text())
    content['database']['a']['duration'] = 10.0
    files[0].write_text(json.dumps(content))
    arguments = ('--subset', 'test', '--tiou', 0.5, 0.7, '--baseline', 'whole-video', '--json', tmp_path / 'f.json')
    code, out, _ = cli(TOOL, *files, *arguments)
    assert code == 0
    rows = [[cell.strip() for cell in line.split('|')[1:-1]] for line in out.splitlines() if line.startswith('| ')]
    # 6.4 of 10 s in video a; nothing in video b, which is taken to end with its last detection at 70.4 s.
    assert rows[-1] == ['activitynet, whole video', '50.00', '0.00', '25.00']
    assert 'with its best score (1 videos of unknown duration end with their last detection)\n' in out
    figures = json.loads((tmp_path / 'f.json').read_text())
    assert figures['whole_video_mAP'] == {'activitynet': {'0.5': 0.5, '0.7': 0.0, 'avg(0.5:0.7)': 0.25}}
    assert figures['mAP']['activitynet']['0.5'] == 0.75


def test_the_names_of_the_protocols_are_known_before_they_are_imported():
    assert tuple(PROTOCOLS) == eval_detections.PROTOCOLS
    assert tuple(EDGES) == diagnose_detections.BINS


def test_what_is_scored_is_written_as_coco_json_and_scores_alike(cli, files, tmp_path):
    (tmp_path / 'ambiguous.txt').write_text('b  66.0 67.0\n')
    folder = tmp_path / 'new' / 'coco'
    arguments = ('--subset', 'test', '--ambiguous', tmp_path / 'ambiguous.txt', '--coco-dir', folder)
    figures = []
    for gt, results, more in ((*files, arguments), (folder / 'ground_truth.json', folder / 'detections.json', ())):
        code, out, err = cli(TOOL, gt, results, '--protocol', 'all', '--json', tmp_path / 'f.json', *more)
        assert (code, err) == (0, '')
        assert (f'COCO JSON of ground truth and detections written to {folder}' in out) == bool(more)
        figures.append(json.loads((tmp_path / 'f.json').read_text()))
    for key in ('mAP', 'AP', 'coco', 'videos', 'instances', 'ambiguous_segments', 'detections'):
        assert figures[0][key] == figures[1][key]


def test_a_folder_for_coco_json_that_cannot_be_written_is_refused_before_the_work(cli, files, tmp_path):
    code, out, err = cli(TOOL, *files, '--subset', 'test', '--coco-dir', files[0])
    assert (code, out) == (2, '')
    assert f'{files[0]}: cannot be written: it is a file, not a folder' in err


def test_a_file_of_the_tool_test_py_says_how_its_model_was_selected(cli, files):
    content = json.loads(files[1].read_text())
    del content['results']['t']
    content['external_data'] = {'simulated': True, 'selection': 'best on test: chosen by labels'}
    files[1].write_text(json.dumps(content))
    _, out, _ = cli(TOOL, *files)
    assert 'simulated data, best on test: chosen by labels' in out


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ((), "('test', 'train'); name one with --subset, or score all together with --subset all"),
        (('--subset', 'val'), "no video in subset 'val'"),
        (('--subset', 'test', '--video-list', '212'), 'has 212 videos and 3,358 instances, found 2 and 2'),
        (('--subset', 'test', '--video-list', '99'), "video list '99' is not known"),
        (('--gt-format', 'pascal'), "layout 'pascal' is not known; choose one of activitynet, "),
        (('--subset', 'test', '--tiou', '50'), '50 is not in (0, 1]'),
        (('--subset', 'test', '--protocol', 'coco', '--length-bounds', '6', '3'), 'length bounds (6, 3) are not two'),
        (('--subset', 'test', '--first-id', '5'), "label '0' is neither"),
        (('--subset', 'test', '--ambiguous', 'no_such.txt'), 'no_such.txt: cannot be read'),
    ],
)
def test_mistakes_are_one_line(cli, files, arguments, message):
    code, out, err = cli(TOOL, *files, *arguments)
    assert (code, out) == (2, '')
    assert message in err
    assert len(err.splitlines()) == 1


def test_activitynet_is_scored_from_a_half_up(cli, tmp_path):
    database = {
        f'v{i}': {'subset': 'validation', 'annotations': [{'segment': [0, 1], 'label': f'class {i:03d}'}]}
        for i in range(100)
    }
    (tmp_path / 'gt.json').write_text(json.dumps({'database': database}))
    (tmp_path / 'r.json').write_text(json.dumps({'v7': [{'label': 7, 'score': 1, 'segment': [0, 0.72]}]}))
    code, _, _ = cli(TOOL, tmp_path / 'gt.json', tmp_path / 'r.json', '--json', tmp_path / 'f.json')
    assert code == 0
    figures = json.loads((tmp_path / 'f.json').read_text())
    assert figures['mAP']['activitynet']['avg(0.5:0.95)'] == pytest.approx(0.005)
    assert len(figures['tiou_thresholds']) == 10


def perfect(database, subset):
    """Every instance of a subset as a detection, under ids and prefixed names."""
    classes = sorted({a['label'] for entry in database.values() for a in entry['annotations']})
    return {
        f'v_{name}': [
            {'label': classes.index(a['label']), 'score': '0.5', 'segment': a['segment']} for a in entry['annotations']
        ]
        for name, entry in database.items()
        if entry['subset'] == subset
    }


def test_perfect_detections_of_thumos14(cli, shared_data, tmp_path):
    folder = shared_data / 'thumos14'
    gt = folder / 'basnet' / 'gt.json'
    results = tmp_path / 'r.json'
    results.write_text(json.dumps(perfect(json.loads(gt.read_text())['database'], 'test')))
    code, out, _ = cli(
        TOOL, gt, results, '--video-list', '210', '--protocol', 'all', '--json', tmp_path / 'f.json',
        '--ambiguous', folder / 'wtalc' / 'Ambiguous_test.txt',
    )  # fmt: skip
    assert code == 0
    assert 'list thumos14_test_210, 210 videos, 3311 instances of 20 classes, 87 ambiguous segments' in out
    averages = {name: row['avg(0.3:0.7)'] for name, row in json.loads((tmp_path / 'f.json').read_text())['mAP'].items()}
    assert averages['activitynet'] == averages['thumos14'] == 1.0
    # Rounding to snippets, and removal of right detections that touch an ambiguous segment, cost even a perfect result.
    assert 0.8 < averages['wtalc'] < averages['co2net'] < 1.0


def test_perfect_detections_of_activitynet12(cli, shared_data, tmp_path):
    gt = next((shared_data / 'activitynet12').glob('*.json'))
    results = tmp_path / 'r.json'
    results.write_text(json.dumps(perfect(json.loads(gt.read_text())['database'], 'validation')))
    code, out, _ = cli(TOOL, gt, results)
    assert code == 0
    assert 'all of subset validation, 2198 videos' in out
    assert 'of 100 classes' in out


def test_every_layout_of_the_ground_truth_scores_alike(cli, shared_data, tmp_path):
    folder = shared_data / 'thumos14'
    database = json.loads((folder / 'basnet' / 'gt.json').read_text())['database']
    detections = {
        name: [
            {
                'label': a['label'],
                'score': len(a['label']) / 100,
                'segment': [t + 0.3 for t in map(float, a['segment'])],
            }
            for a in entry['annotations']
        ]
        for name, entry in database.items()
        # The W-TALC layout states durations; in these two videos it drops instances past the end.
        if entry['subset'] == 'test' and name not in ('video_test_0000814', 'video_test_0001081')
    }
    results = tmp_path / 'r.json'
    results.write_text(json.dumps({'results': detections}))
    figures = []
    for layout, place in (('wtalc', 'wtalc'), ('thumos14', 'raw'), ('activitynet', 'basnet/gt.json')):
        code, _, err = cli(
            TOOL, folder / place, results, '--gt-format', layout, '--video-list', '210', '--protocol', 'all',
            '--ambiguous', folder / 'wtalc' / 'Ambiguous_test.txt', '--json', tmp_path / 'f.json',
        )  # fmt: skip
        assert (code, err) == (0, '')
        figures.append(json.loads((tmp_path / 'f.json').read_text()))
    keys = ('mAP', 'AP', 'videos', 'instances', 'ambiguous_segments', 'detections')
    first, *others = ({key: figure[key] for key in keys} for figure in figures)
    assert all(other == first for other in others)
    assert len({row['0.5'] for row in first['mAP'].values()}) == len(PROTOCOLS)


@pytest.mark.parametrize(('short', 'instances'), [('212', 3358), ('211', 3325), ('210', 3311)])
@pytest.mark.parametrize('layout', ['wtalc', 'raw'])
def test_the_three_lists_from_either_layout(cli, shared_data, tmp_path, short, instances, layout):
    (tmp_path / 'r.json').write_text('{"video_test_0000004": []}')
    arguments = (shared_data / 'thumos14' / layout, tmp_path / 'r.json', '--video-list', short)
    code, out, _ = cli(TOOL, *arguments)
    assert code == 0
    assert f'list thumos14_test_{short}, {short} videos, {instances} instances of 20 classes' in out
