"""Reading, rounding, writing; faults; and being killed at any moment."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mmacl.dataset_tools.conversion import (
    FeatureConverter,
    FeaturePlanner,
    Manifest,
    OutputError,
    OutputFolder,
    cast_features,
)
from mmacl.dataset_tools.conversion.output_folder import STAGING
from mmacl.datasets import NpyFolderStore
from mmacl.utils import InputError

RNG = np.random.default_rng(0)


@pytest.fixture
def source(tmp_path):
    for modality in ('rgb', 'flow'):
        (tmp_path / 'in/features' / modality).mkdir(parents=True)
        for name in 'abc':
            np.save(tmp_path / 'in/features' / modality / f'{name}.npy', RNG.random((6, 4), dtype=np.float32))
    return tmp_path / 'in'


def convert(source, path, dtype='float32', keep_going=False, jobs=2, store=None):
    planner = FeaturePlanner(store or NpyFolderStore(source), {}, ('rgb', 'flow'), dtype, str(source))
    done = []
    with OutputFolder(path) as out:
        manifest = Manifest(out)
        plan = planner.plan(out, manifest)
        out.begin()
        try:
            faults = FeatureConverter(planner, out, manifest, jobs).run(plan, keep_going, lambda *x: done.append(x))
            manifest.finish()
        finally:
            manifest.close()
    return faults, done


def spoil(source, video, value, modality='flow'):
    path = source / 'features' / modality / f'{video}.npy'
    features = np.load(path)
    features[2, 1] = value
    np.save(path, features)


@pytest.mark.parametrize('dtype', ['float16', 'float32'])
@pytest.mark.parametrize('jobs', [1, 4])
def test_values_and_progress(source, tmp_path, dtype, jobs):
    faults, done = convert(source, tmp_path / 'out', dtype, jobs=jobs)
    assert (faults, len(done), {written for _, written in done}) == ([], 3, {True})
    for path in sorted((source / 'features').rglob('*.npy')):
        written = np.load(tmp_path / 'out' / path.relative_to(source))
        assert written.dtype == dtype
        np.testing.assert_array_equal(written, np.load(path).astype(dtype))


def test_float16_ends_at_65504():
    exact = np.array([[65504.0, -65504.0]], dtype=np.float32)
    np.testing.assert_array_equal(cast_features(exact, 'float16', 'x'), exact)
    for value in (65504.01, 65519.0, -65520.0, 1e9):
        with pytest.raises(InputError, match=r'^x: .* does not fit into float16.*--dtype float32$'):
            cast_features(np.array([[0.0, value]], dtype=np.float32), 'float16', 'x')
    half = np.array([[6e-8, 1.5]], dtype=np.float16)
    np.testing.assert_array_equal(cast_features(half, 'float32', 'x'), half.astype(np.float32))


@pytest.mark.parametrize(('value', 'dtype'), [(np.nan, 'float32'), (np.inf, 'float16'), (70000.0, 'float16')])
def test_stops_at_the_first_fault_and_goes_on_when_it_is_mended(source, tmp_path, value, dtype):
    spoil(source, 'b', value)
    with pytest.raises(InputError, match=r'flow/b\.npy') as caught:
        convert(source, tmp_path / 'out', dtype, jobs=1)
    assert '\n' not in str(caught.value)
    there = sorted(path.name for path in (tmp_path / 'out/features').rglob('*.npy'))
    # A video has all its streams or none. The next one may have been begun before the fault was seen.
    assert there in (['a.npy', 'a.npy'], ['a.npy', 'a.npy', 'c.npy', 'c.npy'])
    assert not list((tmp_path / 'out' / STAGING).glob('*.part'))
    spoil(source, 'b', 1.0)
    _, done = convert(source, tmp_path / 'out', dtype)
    assert len(done) == 3 - len(there) // 2


def test_keep_going_leaves_videos_out(source, tmp_path):
    spoil(source, 'c', np.nan)
    spoil(source, 'a', np.nan, 'rgb')
    faults, done = convert(source, tmp_path / 'out', keep_going=True)
    assert [fault.video for fault in faults] == ['a', 'c']
    assert sorted(written for _, written in done) == [False, False, True]
    assert sorted(path.name for path in (tmp_path / 'out').rglob('*.npy')) == ['b.npy', 'b.npy']


def test_a_source_that_changes_meanwhile_is_a_fault(source, tmp_path):
    class Growing(NpyFolderStore):
        def load(self, video, modality):
            spoil(source, 'b', 5.0, 'rgb')
            return super().load(video, modality)

    faults, _ = convert(source, tmp_path / 'out', keep_going=True, jobs=1, store=Growing(source))
    assert [fault.video for fault in faults] == ['b']
    assert 'has changed' in faults[0].what


def test_a_store_that_cannot_tell_its_files_is_always_read_again(source, tmp_path):
    class Vague(NpyFolderStore):
        def source_files(self, video, modality):
            return ()

    for _ in range(2):
        _, done = convert(source, tmp_path / 'out', store=Vague(source))
        assert len(done) == 3


def test_a_full_disk_stops_all(source, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr('mmacl.dataset_tools.conversion.convert_features.npy_format.write_array', full)
    with pytest.raises(OutputError, match=r'out: the disk is full \(No space left on device\); free space'):
        convert(source, tmp_path / 'out', keep_going=True)
    assert not list((tmp_path / 'out').rglob('*.npy'))


def test_killed_at_any_moment_and_called_again(source, tmp_path):
    for path in (source / 'features').rglob('c.npy'):
        path.unlink()
    script = Path(__file__).with_name('killed_conversions.py')
    done = subprocess.run(
        [sys.executable, script, source, tmp_path / 'work'], capture_output=True, text=True, cwd=Path.cwd()
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20
