import threading

import numpy as np
import pytest

from mmacl.datasets import FeatureStore, MissingFeaturesError, NpyFolderStore
from mmacl.datasets.aligned_streams import AlignedStreams, looks_transposed
from mmacl.utils import InputError


class DictStore(FeatureStore):
    """Arrays by (video, modality); counts the calls."""

    layouts = ('memory',)

    def __init__(self, **shapes):
        rng = np.random.default_rng(0)
        self.arrays = {
            (video, modality): rng.random(shape, dtype=np.float32)
            for video, both in shapes.items()
            for modality, shape in zip(('rgb', 'flow'), both, strict=True)
            if shape is not None
        }
        self.shapes_read, self.threads = 0, set()

    def load(self, video, modality):
        self.threads.add(threading.get_ident())
        return self.arrays[video, modality]

    def shape(self, video, modality):
        self.shapes_read += 1
        if (video, modality) not in self.arrays:
            raise MissingFeaturesError.describe([f'{modality}/{video}'], self.layouts)
        return self.arrays[video, modality].shape

    def list_videos(self, modality):
        return ()


def streams(dims=None, tolerance=1, modalities=('rgb', 'flow'), **shapes):
    store = DictStore(**shapes)
    return AlignedStreams(store, tuple(shapes), modalities, dims, tolerance)


def test_cuts_to_the_shorter_stream_within_the_tolerance():
    both = streams(a=((5, 3), (4, 2)), b=((7, 3), (7, 2)), c=((1, 3), (2, 2)))
    assert [both.num_snippets(i) for i in range(3)] == [4, 7, 1]
    loaded = both.load(0)
    assert list(loaded) == ['rgb', 'flow']
    np.testing.assert_array_equal(loaded['rgb'], both.store.arrays['a', 'rgb'][:4])
    np.testing.assert_array_equal(loaded['flow'], both.store.arrays['a', 'flow'])
    assert both.feature_dims == dict(rgb=3, flow=2)


@pytest.mark.parametrize('call', ['num_snippets', 'load', 'check_headers', 'check_values'])
def test_refuses_streams_that_differ_by_more(call):
    both = streams(a=((5, 3), (5, 2)), b=((5, 3), (8, 2)))
    with pytest.raises(
        InputError, match=r"video 'b': 8 snippets of flow, but 5 of rgb; .*length_tolerance \(1\)"
    ) as error:
        getattr(both, call)(*([1] if call in ('num_snippets', 'load') else []))
    assert '\n' not in str(error.value)
    wider = streams(a=((5, 3), (5, 2)), b=((5, 3), (8, 2)), tolerance=3)
    wider.check_headers()
    assert wider.num_snippets(1) == 5
    with pytest.raises(InputError, match='5 snippets of rgb, but 4 of flow'):
        streams(a=((5, 3), (4, 2)), tolerance=0).num_snippets(0)


@pytest.mark.parametrize('call', ['check_headers', 'check_values'])
def test_refuses_another_width(call):
    with pytest.raises(InputError, match=r"video 'b': width 4 is not 3 \(as video 'a' has\)"):
        getattr(streams(a=((5, 3), (5, 2)), b=((5, 4), (5, 2))), call)()
    with pytest.raises(InputError, match=r"flow features of video 'a': width 2 is not 1024 \(as feature_dims says\)"):
        getattr(streams(dict(flow=1024), a=((5, 3), (5, 2))), call)()


def test_counts_everything_that_is_missing():
    with pytest.raises(MissingFeaturesError) as error:
        streams(a=(None, (5, 2)), b=((5, 3), None), c=((5, 3), (5, 2)), d=(None, None)).check_headers()
    assert error.value.looked_for == ('rgb/a', 'flow/b', 'rgb/d', 'flow/d')
    assert str(error.value).startswith('rgb/a: no such file; 4 of 8 feature files are missing')
    with pytest.raises(MissingFeaturesError, match='2 of 4 feature files'):
        streams(a=(None, None), b=((5, 3), (5, 2))).check_headers()


def test_headers_are_read_once():
    both = streams(a=((5, 3), (5, 2)), b=((6, 3), (6, 2)))
    both.check_headers()
    read = both.store.shapes_read
    assert read == 2 + 4  # the widths of the first video, and every header
    assert [both.num_snippets(i) for i in (0, 1, 1)] == [5, 6, 6]
    assert both.store.shapes_read == read


def test_one_stream_is_enough():
    one = streams(modalities=('flow',), a=((5, 3), (9, 2)))
    assert one.num_snippets(0) == 9
    assert list(one.load(0)) == ['flow']
    assert one.feature_dims == dict(flow=2)


@pytest.mark.parametrize(
    ('shapes', 'expected'),
    [
        ([(64, 10)] * 3, True),
        ([(64, 10), (64, 12), (64, 80)], True),
        ([(100, 400)] * 3, False),  # brought to 100 snippets
        ([(64, 10), (65, 10), (64, 10)], False),
        ([(64, 10)] * 2, False),
    ],
)
def test_transposed_arrays_are_seen(shapes, expected):
    assert looks_transposed(shapes) is expected


def test_transposed_arrays_are_said_before_training(monkeypatch):
    said = []
    monkeypatch.setattr('mmacl.datasets.aligned_streams.log_warning', said.append)
    streams(**dict.fromkeys('abc', ((64, 10), (64, 128)))).check_values()
    (line,) = said
    assert line.startswith("rgb features of video 'a': all 3 arrays are 64 x 10, which may be (D, T); if so, save")
    with pytest.raises(InputError, match='64 rows suggest'):
        streams(dims=dict(rgb=64), a=((64, 10), (64, 10))).check_headers()


def test_what_is_there_instead_is_said(tmp_path):
    store = NpyFolderStore(tmp_path)
    for modality in ('rgb', 'flow'):
        (tmp_path / 'features' / modality).mkdir(parents=True)
        for name in ('v_alpha', 'beta'):
            np.save(tmp_path / f'features/{modality}/{name}.npy', np.ones((3, 2), np.float32))
    with pytest.raises(MissingFeaturesError, match=r"found .*v_alpha\.npy; 2 of 4 .* rename it to 'alpha'"):
        AlignedStreams(store, ('alpha', 'beta'), ('rgb', 'flow')).check_headers()
    (tmp_path / 'features/rgb/beta.npy').rename(tmp_path / 'features/rgb/beta.pt')
    with pytest.raises(MissingFeaturesError, match=r'found .*beta\.pt; 1 of 2 .*numpy\.save'):
        AlignedStreams(store, ('beta',), ('rgb', 'flow')).check_headers()
    (tmp_path / 'features/flow/beta.npy').rename(tmp_path / 'features/flow/beta.pt')
    with pytest.raises(MissingFeaturesError, match=r'2 of 2 .*(?s:.)*found instead\n  .*beta\.pt: '):
        AlignedStreams(store, ('beta',), ('rgb', 'flow')).check_headers()
