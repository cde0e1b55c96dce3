import numpy as np
import pytest

from mmacl.dataset_tools.inspection.video_facts import look_at_video
from mmacl.datasets import NpyFolderStore
from mmacl.datasets.stores import NpzStore


def test_streams_and_their_digests(videos):
    store = NpyFolderStore(videos.root)
    facts = look_at_video(store, 'alpha', ('rgb', 'flow'))
    assert facts.faults == []
    assert {m: (s.length, s.width, s.dtype) for m, s in facts.streams.items()} == {
        'rgb': (8, 4, 'float32'),
        'flow': (8, 3, 'float32'),
    }
    assert facts.num_snippets == 8
    again = look_at_video(store, 'alpha', ('rgb',)).streams['rgb']
    assert again == facts.streams['rgb']
    features = np.load(videos.path('alpha'))
    features[3, 2] += 1
    videos.save('alpha', 'rgb', features)
    assert look_at_video(store, 'alpha', ('rgb',)).streams['rgb'].digest != again.digest


def test_one_bad_stream_does_not_hide_the_other(videos):
    videos.path('alpha').write_bytes(b'')
    videos.path('alpha', 'flow').unlink()
    facts = look_at_video(NpyFolderStore(videos.root), 'alpha', ('rgb', 'flow'))
    assert [(fault.kind, fault.file) for fault in facts.faults] == [
        ('empty file', str(videos.path('alpha'))),
        ('missing', str(videos.path('alpha', 'flow'))),
    ]
    assert facts.num_snippets is None


def test_shapes_are_known_of_values_that_cannot_be_read(videos):
    videos.save('alpha', 'rgb', np.full((8, 4), np.nan, np.float32))
    facts = look_at_video(NpyFolderStore(videos.root), 'alpha', ('rgb',))
    assert facts.faults[0].kind == 'not finite'
    assert (facts.num_snippets, facts.streams['rgb'].digest) == (8, '')


@pytest.mark.parametrize(('length', 'count'), [(1, 0), (5, 1)])
def test_constant_features_are_a_warning(videos, length, count):
    videos.save('alpha', 'rgb', np.ones((length, 4), np.float32))
    facts = look_at_video(NpyFolderStore(videos.root), 'alpha', ('rgb',))
    assert [fault.kind for fault in facts.faults] == ['constant'] * count
    assert all(fault.warning for fault in facts.faults)


def test_a_part_of_a_file(tmp_path):
    (tmp_path / 'features').mkdir()
    path = tmp_path / 'features' / 'v.npz'
    np.savez(path, rgb=np.ones((3, 2), np.int32))
    path2 = tmp_path / 'features' / 'w.npz'
    path2.write_bytes(b'torn')
    store = NpzStore(tmp_path)
    assert [(f.kind, f.file) for f in look_at_video(store, 'v', ('rgb',)).faults] == [('dtype', f'{path}: rgb')]
    assert [(f.kind, f.file) for f in look_at_video(store, 'w', ('rgb',)).faults] == [('damaged file', str(path2))]
