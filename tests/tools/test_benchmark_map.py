"""The benchmark of the scorers, at a small size."""

from __future__ import annotations

import json

from mmacl.evaluation import PROTOCOLS


def test_measures_every_protocol_against_the_plain_loops(cli, tmp_path):
    code, out, _ = cli(
        'maintenance/benchmark_map.py', '--protocol', 'all', '--videos', 60, '--classes', 4, '--detections', 10,
        '--plain-classes', 2, '--repeats', 1, '--json', tmp_path / 'f.json',
    )  # fmt: skip
    assert code == 0
    assert 'simulated detections' in out
    figures = json.loads((tmp_path / 'f.json').read_text())
    assert figures['simulated']
    assert (figures['detections'], figures['instances'], figures['thresholds']) == (600, 90, 10)
    assert set(figures['protocols']) == set(PROTOCOLS)
    for row in figures['protocols'].values():
        assert row['largest_difference'] < 1e-12
        assert row['ratio_to_plain'] > 1
        assert 0 < row['peak_megabytes'] < 500
        assert 0 < row['mAP'] < 1


def test_the_whole_command_without_the_plain_loops(cli):
    arguments = ('--videos', 9, '--classes', 2, '--plain-classes', 0, '--command', 1)
    code, out, _ = cli('maintenance/benchmark_map.py', *arguments)
    assert code == 0
    assert 'ratio' not in out
    assert 'median of 1; results of 0 MB' in out


def test_sizes_that_are_none(cli):
    code, _, err = cli('maintenance/benchmark_map.py', '--videos', 0)
    assert code == 2
    assert 'at least 1' in err
