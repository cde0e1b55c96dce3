import numpy as np
import pytest

from mmacl.dataset_tools.inspection.stream_faults import (
    StreamFacts,
    VideoFacts,
    duplicate_faults,
    length_faults,
    look_at_video,
    width_faults,
)
from mmacl.datasets import NpyFolderStore
from mmacl.datasets.stores import NpzStore


def video(name, **streams):
    return VideoFacts(name, {m: StreamFacts(f'{m}/{name}', *values) for m, values in streams.items()})


def test_the_width_of_most_videos_counts_unless_one_is_stated():
    videos = [video('a', rgb=(5, 3)), video('b', rgb=(5, 4)), video('c', rgb=(5, 4)), video('d')]
    assert [fault.video for fault in width_faults(videos, ('rgb', 'flow'), {})] == ['a']
    assert [fault.video for fault in width_faults(videos, ('rgb',), {'rgb': 3})] == ['b', 'c']


def test_transposed_arrays_are_a_warning():
    (fault,) = width_faults([video(name, rgb=(64, 10), flow=(8, 10)) for name in 'abc'], ('rgb', 'flow'), {})
    assert (fault.kind, fault.file, fault.warning) == ('transposed', 'rgb/a', True)
    assert 'the first axis of all 3 arrays of rgb is 64' in fault.what
    assert 'features.T' in fault.remedy


def test_mixed_precision_is_a_warning():
    videos = [video('a', rgb=(5, 3, 'float16')), video('b', rgb=(5, 3, 'float32')), video('c', rgb=(5, 3, 'float32'))]
    (fault,) = width_faults(videos, ('rgb',), {})
    assert (fault.kind, fault.video, fault.warning) == ('mixed precision', 'a', True)


def test_streams_may_differ_by_the_tolerance():
    pair = video('a', rgb=(6, 3), flow=(4, 3))
    assert [fault.file for fault in length_faults(pair, 1)] == ['rgb/a']
    assert length_faults(pair, 2) == []
    assert length_faults(video('a', rgb=(6, 3)), 0) == []


def test_one_stream_under_two_names():
    same = video('a', rgb=(5, 3, 'float32', 'x'), flow=(5, 3, 'float32', 'x'))
    assert [(fault.kind, fault.file) for fault in length_faults(same, 1)] == [('same streams', 'flow/a')]
    assert length_faults(video('a', rgb=(5, 3), flow=(5, 3)), 1) == []


def test_duplicates_within_and_between_subsets():
    train = [video('a', rgb=(5, 3, 'float32', 'x')), video('b', rgb=(5, 3, 'float32', 'x')), video('c', rgb=(5, 3))]
    test = [video('c', rgb=(5, 3)), video('d', rgb=(5, 3, 'float32', 'x')), video('e', flow=(5, 3, 'float32', 'x'))]
    faults = duplicate_faults({'train': train, 'test': test})
    assert [(fault.kind, fault.video) for fault in faults] == [
        ('same features', 'b'),
        ('in two subsets', 'c'),
        ('same features', 'd'),
    ]
    assert 'of train' not in faults[0].what
    assert 'of train' in faults[2].what


def test_streams_and_their_digests(videos):
    store = NpyFolderStore(videos.root)
    facts = look_at_video(store, 'alpha', ('rgb', 'flow'), {})
    assert facts.faults == []
    assert {m: (s.length, s.width, s.dtype) for m, s in facts.streams.items()} == {
        'rgb': (8, 4, 'float32'),
        'flow': (8, 3, 'float32'),
    }
    assert facts.num_snippets == 8
    again = look_at_video(store, 'alpha', ('rgb',), {}).streams['rgb']
    assert again == facts.streams['rgb']
    features = np.load(videos.path('alpha'))
    features[3, 2] += 1
    videos.save('alpha', 'rgb', features)
    assert look_at_video(store, 'alpha', ('rgb',), {}).streams['rgb'].digest != again.digest


def test_one_bad_stream_does_not_hide_the_other(videos):
    videos.path('alpha').write_bytes(b'')
    videos.path('alpha', 'flow').unlink()
    facts = look_at_video(NpyFolderStore(videos.root), 'alpha', ('rgb', 'flow'), {})
    assert [(fault.kind, fault.file) for fault in facts.faults] == [
        ('empty file', str(videos.path('alpha'))),
        ('missing', str(videos.path('alpha', 'flow'))),
    ]
    assert facts.num_snippets is None


def test_what_is_there_instead_is_named(videos):
    videos.path('alpha').rename(videos.path('alpha').with_suffix('.pt'))
    videos.path('beta', 'flow').rename(videos.path('beta_flow', 'flow'))
    store = NpyFolderStore(videos.root)
    (fault,) = look_at_video(store, 'alpha', ('rgb', 'flow'), {'rgb': {'v_alpha'}}).faults
    assert (fault.kind, fault.what) == ('missing', f'no rgb features, but {videos.path("alpha").with_suffix(".pt")}')
    assert 'numpy.save' in fault.remedy
    (fault,) = look_at_video(store, 'beta', ('rgb', 'flow'), {'flow': {'beta_flow'}}).faults
    assert (fault.what, fault.file) == ('no flow features', str(videos.path('beta', 'flow')))
    assert fault.remedy.startswith("rename the features of 'beta_flow' if they are meant; else put them there")


def test_shapes_are_known_of_values_that_cannot_be_read(videos):
    videos.save('alpha', 'rgb', np.full((8, 4), np.nan, np.float32))
    facts = look_at_video(NpyFolderStore(videos.root), 'alpha', ('rgb',), {})
    assert facts.faults[0].kind == 'not finite'
    assert (facts.num_snippets, facts.streams['rgb'].digest) == (8, '')


@pytest.mark.parametrize(('length', 'count'), [(1, 0), (5, 1)])
def test_constant_features_are_a_warning(videos, length, count):
    videos.save('alpha', 'rgb', np.ones((length, 4), np.float32))
    facts = look_at_video(NpyFolderStore(videos.root), 'alpha', ('rgb',), {})
    assert [fault.kind for fault in facts.faults] == ['constant'] * count
    assert all(fault.warning for fault in facts.faults)


def test_a_part_of_a_file(tmp_path):
    (tmp_path / 'features').mkdir()
    path = tmp_path / 'features' / 'v.npz'
    np.savez(path, rgb=np.ones((3, 2), np.int32))
    path2 = tmp_path / 'features' / 'w.npz'
    path2.write_bytes(b'torn')
    store = NpzStore(tmp_path)
    assert [(f.kind, f.file) for f in look_at_video(store, 'v', ('rgb',), {}).faults] == [('dtype', f'{path}: rgb')]
    assert [(f.kind, f.file) for f in look_at_video(store, 'w', ('rgb',), {}).faults] == [('damaged file', str(path2))]
