"""The same 20 videos in every layout of features give the same arrays."""

import pickle
from pathlib import Path

import h5py
import numpy as np
import pytest
from safetensors.numpy import save_file

from mmacl.datasets import UntrimmedVideoDataset
from mmacl.datasets.stores import JointNpyStore, MissingFeaturesError
from mmacl.registry import FEATURE_STORES
from mmacl.utils import InputError

RNG = np.random.default_rng(0)
JOINT = {f'video_{i:02d}': RNG.random((3 + i, 2048), dtype=np.float32) for i in range(20)}
SLICES = dict(rgb=(0, 1024), flow=(1024, 2048))
JOINT_FILE = 'Thumos14reduced-I3D-JOINTFeatures.npy'
STORES = dict(
    npy=dict(type='NpyFolderStore'),
    subsets=dict(type='NpyFolderStore', templates=('features/{subset}/{modality}/{video}.npy',)),
    side=dict(type='NpyFolderStore', templates=('i3d_features/{video}.npy',), slices=SLICES),
    joint=dict(type='JointNpyStore'),
    hdf5=dict(type='HDF5Store'),
    npz=dict(type='NpzStore'),
    safetensors=dict(type='SafetensorsStore'),
)


@pytest.fixture(scope='module', params=STORES)
def written(request, tmp_path_factory):
    root = tmp_path_factory.mktemp(request.param)
    (root / 'features').mkdir()
    (root / 'i3d_features').mkdir()
    for name, array in JOINT.items():
        parts = {modality: array[:, slice(*pair)] for modality, pair in SLICES.items()}
        for modality, part in parts.items():
            path = root / 'features' / ('train' if request.param == 'subsets' else '') / modality / f'{name}.npy'
            path.parent.mkdir(parents=True, exist_ok=True)
            if request.param in ('npy', 'subsets'):
                np.save(path, part)
            elif request.param == 'hdf5':
                with h5py.File(root / 'features.h5', 'a') as file:
                    file[f'{modality}/{name}'] = part
        if request.param == 'side':
            np.save(root / 'i3d_features' / f'{name}.npy', array)
        elif request.param == 'npz':
            np.savez(root / 'features' / f'{name}.npz', **parts)
    if request.param == 'safetensors':
        tensors = {
            f'{m}/{name}': array[:, slice(*pair)].copy() for m, pair in SLICES.items() for name, array in JOINT.items()
        }
        save_file(tensors, root / 'features.safetensors')
    if request.param == 'joint':
        joint = np.empty(len(JOINT), dtype=object)
        joint[:] = list(JOINT.values())
        np.save(root / JOINT_FILE, joint)
        np.save(root / 'videoname.npy', np.array([name.encode() for name in JOINT]))
    return root, STORES[request.param]


def test_every_layout_gives_the_same_arrays(written):
    root, config = written
    store = pickle.loads(pickle.dumps(FEATURE_STORES.build({**config, 'root': root})))
    for modality, pair in SLICES.items():
        assert store.list_videos(modality) == tuple(JOINT)
        for name, array in JOINT.items():
            assert store.shape(name, modality) == (len(array), 1024)
            features = store.load(name, modality)
            assert features.dtype == np.float32
            assert features.flags.writeable
            assert features.strides[1] == features.itemsize
            np.testing.assert_array_equal(features, array[:, slice(*pair)])
            files = store.source_files(name, modality)
            assert files
            assert all(root in Path(file).parents and Path(file).is_file() for file in files)
    with pytest.raises(MissingFeaturesError):
        store.source_files('nobody', 'rgb')


def test_a_dataset_takes_every_store(written):
    root, config = written
    dataset = UntrimmedVideoDataset(
        root, None, store=config, timing=dict(fps=25, snippet_stride=16), feature_dims=dict(rgb=1024, flow=1024)
    )
    dataset.check_files()
    dataset.check_finite()
    assert dataset.video_names == tuple(JOINT)
    np.testing.assert_array_equal(dataset.load_features(7)['flow'], JOINT['video_07'][:, 1024:])


def test_names_and_features_must_be_as_many(tmp_path):
    np.save(tmp_path / 'videoname.npy', np.array(['a', 'b']))
    np.save(tmp_path / JOINT_FILE, np.array([None], dtype=object))
    with pytest.raises(InputError, match='1 videos'):
        JointNpyStore(tmp_path).load('a', 'rgb')
