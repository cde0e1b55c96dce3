"""The benchmark of the feature stores, at a small size."""

from __future__ import annotations

import json

import pytest


@pytest.mark.parametrize('dtype', ['float32', 'float16'])
def test_measures_every_store(cli, tmp_path, dtype):
    code, out, _ = cli(
        'maintenance/benchmark_reading.py', '--videos', 3, '--width', 8, '--repeats', 2, '--dtype', dtype,
        '--compressed', '--folder', tmp_path, '--json', tmp_path / 'f.json',
    )  # fmt: skip
    assert code == 0
    assert f'3 simulated videos, 0 MB of {dtype}' in out
    figures = json.loads((tmp_path / 'f.json').read_text())
    assert figures['simulated']
    assert (figures['videos'], figures['width'], figures['dtype']) == (3, 8, dtype)
    assert list(figures['layouts']) == [
        'npy folder', 'npy side by side', 'joint npy', 'HDF5', 'npz', 'safetensors', 'HDF5, gzip', 'npz, deflated',
    ]  # fmt: skip
    for name, row in figures['layouts'].items():
        assert row['ratio_first'] > 0
        assert row['ratio'] > 0
        assert name in out
        assert ('ratio_of_library' in row) == (name not in ('npy folder', 'npy side by side', 'joint npy'))
    assert [path.name for path in tmp_path.iterdir()] == ['f.json']


def test_sizes_that_are_none(cli):
    code, _, err = cli('maintenance/benchmark_reading.py', '--videos', 0)
    assert code == 2
    assert 'at least 1' in err
