"""What is to be done, seen without reading features."""

import os
from types import SimpleNamespace

import h5py
import numpy as np
import pytest

from mmacl.dataset_tools.conversion import FeatureConverter, FeaturePlanner, Manifest, OutputError, OutputFolder
from mmacl.datasets import NpyFolderStore
from mmacl.datasets.stores import HDF5Store, JointNpyStore, NpzStore
from mmacl.utils import InputError

HOSTILE = ('..', '../evil', '/evil', 'a\\b', 'C:evil', 'NUL')


@pytest.fixture
def source(tmp_path):
    for modality, width in (('rgb', 4), ('flow', 3)):
        (tmp_path / 'in/features' / modality).mkdir(parents=True)
        for name, length in (('a', 5), ('b', 7)):
            np.save(tmp_path / 'in/features' / modality / f'{name}.npy', np.ones((length, width), np.float32))
    return tmp_path / 'in'


def planner_of(source, dtype='float32', modalities=('rgb', 'flow'), **config):
    return FeaturePlanner(NpyFolderStore(source, **config), config, modalities, dtype, str(source))


def plan_of(planner, out, needed=()):
    with OutputFolder(out) as folder:
        return planner.plan(folder, Manifest(folder), needed)


def convert(planner, path):
    with OutputFolder(path) as out:
        manifest = Manifest(out)
        plan = planner.plan(out, manifest)
        out.begin()
        FeatureConverter(planner, out, manifest, 1).run(plan, False, lambda *_: None)
        manifest.finish()


def test_files_and_their_exact_sizes(source, tmp_path):
    planner = planner_of(source, 'float16')
    plan = plan_of(planner, tmp_path / 'out')
    assert [file.path for file in plan.videos['a']] == ['features/rgb/a.npy', 'features/flow/a.npy']
    assert (plan.num_files, plan.num_current, plan.faults) == (4, 0, ())
    assert not (tmp_path / 'out').exists()
    convert(planner, tmp_path / 'out')
    assert plan.num_bytes == sum(path.stat().st_size for path in (tmp_path / 'out').rglob('*.npy'))


def test_what_makes_a_file_stale(source, tmp_path):
    out = tmp_path / 'out'
    convert(planner_of(source), out)
    assert plan_of(planner_of(source), out).num_current == 4
    # Another precision, another way of reading, another source, or somebody's hand on the file.
    assert plan_of(planner_of(source, 'float16'), out).num_files == 4
    assert plan_of(planner_of(source, slices=dict(rgb=(0, 2), flow=(0, 2))), out).num_files == 4
    file = source / 'features/rgb/a.npy'
    os.utime(file, ns=(1, 1))
    assert [f.path for f in plan_of(planner_of(source), out).videos['a']] == ['features/rgb/a.npy']
    (out / 'features/flow/b.npy').write_bytes(b'')
    assert set(plan_of(planner_of(source), out).videos) == {'a', 'b'}


def test_a_copy_elsewhere_is_the_same_source(source, tmp_path):
    convert(planner_of(source), tmp_path / 'out')
    source.rename(tmp_path / 'moved')
    assert plan_of(planner_of(tmp_path / 'moved'), tmp_path / 'out').num_current == 4


def test_faults_are_one_line_each_and_spare_other_videos(source, tmp_path):
    (source / 'features/flow/a.npy').unlink()
    plan = plan_of(planner_of(source), tmp_path / 'out', needed=['c'])
    assert set(plan.videos) == {'b'}
    assert [fault.video for fault in plan.faults] == ['a', 'c']
    assert [(fault.what, fault.file) for fault in plan.faults] == [
        ('no flow features', str(source / 'features/flow/a.npy')),
        ('no rgb features', str(source / 'features/rgb/c.npy')),
    ]
    assert plan.names == ('b',)


def test_a_name_like_that_of_other_features_is_told(source, tmp_path):
    (source / 'features/rgb/video_001.npy').write_bytes((source / 'features/rgb/a.npy').read_bytes())
    (source / 'features/flow/video_001.npy').write_bytes((source / 'features/flow/a.npy').read_bytes())
    for modality in ('rgb', 'flow'):
        (source / f'features/{modality}/video_001.npy').rename(source / f'features/{modality}/video_001_{modality}.npy')
    faults = plan_of(planner_of(source), tmp_path / 'out', ['video_001', 'c']).faults
    told = {fault.video: fault.remedy for fault in faults}
    assert "rename those of 'video_001_rgb', which no video has, if they are meant" in told['video_001']
    assert 'meant' not in told['c']
    # Features of another video are not proposed.
    faults = plan_of(planner_of(source), tmp_path / 'out', ['video_001', 'video_001_rgb']).faults
    assert 'meant' not in faults[0].remedy


def test_no_features_at_all(tmp_path):
    with pytest.raises(InputError, match=r'no rgb or flow features, but none of .*features/') as caught:
        plan_of(planner_of(tmp_path), tmp_path / 'out', needed=['a'])
    assert '\n' not in str(caught.value)
    (tmp_path / 'features/rgb').mkdir(parents=True)
    (tmp_path / 'features/rgb/a.csv').write_text('1,2')
    with pytest.raises(InputError, match=r'no rgb or flow features, but .*a\.csv; read it with .*--features csv'):
        plan_of(planner_of(tmp_path), tmp_path / 'out')


def test_what_does_not_fit_is_refused(source, tmp_path, monkeypatch):
    plan = plan_of(planner_of(source), tmp_path / 'out')
    assert plan.check_space(tmp_path / 'not/there/yet') > plan.num_bytes
    monkeypatch.setattr('shutil.disk_usage', lambda _: SimpleNamespace(free=plan.num_bytes - 1))
    with pytest.raises(InputError, match=r'848 B are to be written, but 847 B are free; free space'):
        plan.check_space(tmp_path)


def test_files_of_others_are_not_overwritten(source, tmp_path):
    (tmp_path / 'out/features/rgb').mkdir(parents=True)
    (tmp_path / 'out/features/rgb/b.npy').touch()
    with pytest.raises(OutputError, match='was written by no conversion'):
        plan_of(planner_of(source), tmp_path / 'out')
    with pytest.raises(OutputError, match='is the source itself'):
        plan_of(planner_of(source, 'float16'), source)


@pytest.mark.parametrize('name', HOSTILE)
@pytest.mark.parametrize('kind', ['hdf5', 'joint', 'npz', 'needed', 'modality'])
def test_hostile_names_are_refused_in_one_line(source, tmp_path, name, kind):
    store, needed, modalities = NpyFolderStore(source), [], ['rgb', 'flow']
    if kind == 'hdf5':
        with h5py.File(source / 'features.h5', 'w') as file:
            file.create_group('rgb').create_dataset(name.replace('/', '\\') or 'x', data=np.ones((3, 4)))
        store, modalities = HDF5Store(source), ['rgb']
    elif kind == 'joint':
        np.save(source / 'videoname.npy', np.array([name, 'b']))
        np.save(source / 'joint.npy', np.ones((2, 3, 2048), np.float32))
        store = JointNpyStore(source, 'joint.npy')
    elif kind == 'npz':
        np.savez(source / 'features' / ('x' + name.replace('/', '\\') + '\\.npz'), rgb=np.ones((3, 4)))
        store, modalities = NpzStore(source), ['rgb']
    elif kind == 'needed':
        needed = [name]
    else:
        modalities = [name]
    before = sorted(tmp_path.rglob('*'))
    with pytest.raises(InputError, match='name') as caught:
        plan_of(FeaturePlanner(store, {}, modalities, 'float32', str(source)), tmp_path / 'out', needed)
    assert '\n' not in str(caught.value)
    assert sorted(tmp_path.rglob('*')) == before


def test_names_that_are_one_file_on_some_disk(source, tmp_path):
    with pytest.raises(InputError, match='one file'):
        plan_of(planner_of(source, modalities=('rgb', 'RGB')), tmp_path / 'out')
    convert(planner_of(source), tmp_path / 'out')
    (source / 'features/rgb/a.npy').rename(source / 'features/rgb/A.npy')
    (source / 'features/flow/a.npy').rename(source / 'features/flow/A.npy')
    with pytest.raises(InputError, match="'A' and 'a' are one file"):  # with what an earlier conversion wrote
        plan_of(planner_of(source), tmp_path / 'out')
