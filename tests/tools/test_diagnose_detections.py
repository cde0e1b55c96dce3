"""The error analysis of a small result file, as a program."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

ROOT = Path(__file__).resolve().parents[2]
TOOL = str(ROOT / 'tools/analysis_tools/diagnose_detections.py')


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Diagnose the file; exit code, output, errors."""

    def annotation(label, start, end):
        return {'label': label, 'segment': [start, end]}

    database = {
        'a': {'subset': 'test', 'duration': 100, 'annotations': [annotation('run', 0, 10), annotation('run', 20, 30)]},
        'b': {'subset': 'test', 'annotations': [annotation('jump', 0, 40)]},
        'c': {'subset': 'training', 'duration': 10, 'annotations': [annotation('run', 0, 10)]},
    }
    (tmp_path / 'gt.json').write_text(json.dumps({'database': database}))
    rows = [('run', 0, 10, 0.9), ('run', 0, 9, 0.8), ('jump', 0, 10, 0.7), ('run', 25, 40, 0.6), ('run', 80, 90, 0.5)]
    found = [{'label': label, 'segment': [start, end], 'score': score} for label, start, end, score in rows]

    def run_tool(*arguments, simulated=True, results=None):
        content = {'results': {'a': found} if results is None else results, 'external_data': {'simulated': simulated}}
        (tmp_path / 'results.json').write_text(json.dumps(content))
        monkeypatch.setattr(sys, 'argv', [TOOL, str(tmp_path / 'gt.json'), str(tmp_path / 'results.json'), *arguments])
        code = 0
        try:
            runpy.run_path(TOOL, run_name='__main__')
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return run_tool


def test_counts_gains_and_misses(run, tmp_path):
    code, output, _ = run('--json', str(tmp_path / 'd.json'), '--out-dir', str(tmp_path / 'plots'))
    assert code == 0
    figures = json.loads((tmp_path / 'd.json').read_text())
    assert (figures['videos'], figures['instances'], figures['detections']) == (2, 3, 5)
    counts = dict(zip(figures['error_types'], np.sum(figures['false_positives']['counts'][0], axis=0), strict=True))
    assert counts == {
        'true positive': 1,
        'double detection': 1,
        'wrong label': 1,
        'localization': 1,
        'confusion': 0,
        'background': 1,
    }
    # Of the classes run and jump, half of run is found at once and jump never.
    assert figures['normalized_mAP'] == pytest.approx(0.25)
    assert figures['missed'] == pytest.approx(2 / 3)
    coverage = figures['characteristics']['coverage']
    assert coverage['instances'] == [0, 0, 0, 0, 2]
    assert coverage['missed'] == [None, None, None, None, 0.5]
    assert figures['simulated'] is True
    assert 'tIoU 0.5, all of subset test, 2 videos, 3 instances, 5 detections, simulated data' in output
    for name in ('false_positives', 'sensitivity', 'missed'):
        picture = imread(tmp_path / 'plots' / f'{name}.png')
        assert min(picture.shape[:2]) > 300
        assert picture.std() > 0.05


def test_several_thresholds_bins_and_real_data(run, tmp_path):
    code, output, _ = run(
        '--json',
        str(tmp_path / 'd.json'),
        '--tiou',
        '0.1',
        '0.3',
        '0.5',
        '0.7',
        '--bins',
        'activitynet',
        simulated=False,
    )
    assert code == 0
    assert 'mean over tIoU 0.1 to 0.7' in output
    assert 'simulated' not in output
    figures = json.loads((tmp_path / 'd.json').read_text())
    assert len(figures['false_positives']['counts']) == 4
    assert figures['characteristics']['length']['bins'][0] == 'XS (0-30 s)'
    # At 0.1 the badly placed detection of the second instance is right.
    assert figures['missed'] == pytest.approx((1 + 2 + 2 + 2) / 12)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (('--tiou', '50'), '50 is not in'),
        (('--min-tiou', '2'), '--min-tiou 2'),
        (('--out-dir', TOOL), 'is a file'),
        (('--subset', 'validation'), 'validation'),
        (('--video-list', '212'), 'thumos14_test_212 has 212 videos'),
    ],
)
def test_a_mistake_is_one_line(run, arguments, message):
    code, _, errors = run(*arguments)
    assert code == 2
    assert message in errors
    assert len(errors.splitlines()) == 1


def test_results_without_a_detection_are_all_missed(run, tmp_path):
    code, _, _ = run('--json', str(tmp_path / 'd.json'), '--out-dir', str(tmp_path / 'plots'), results={'a': []})
    assert code == 0
    assert json.loads((tmp_path / 'd.json').read_text())['missed'] == 1.0
