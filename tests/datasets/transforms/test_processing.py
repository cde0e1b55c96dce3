import numpy as np
import pytest

from mmacl.datasets import RandomCropSnippets
from mmacl.structures import SnippetTiming
from mmacl.utils import InputError


def video(length, seed):
    frames = np.arange(length, dtype=np.float32)[:, None]
    timing = SnippetTiming(0.5, 0.25, length * 0.5)
    return dict(features=dict(rgb=frames, flow=-frames), num_snippets=length, timing=timing, seed=seed)


def test_a_short_video_stays_whole():
    for length in (1, 9, 10):
        results = video(length, 3)
        assert RandomCropSnippets(10)(results)['features']['rgb'].shape == (length, 1)
        assert results['timing'].offset == 0.25


def test_crops_all_streams_alike_and_moves_the_timing():
    starts = set()
    for seed in range(200):
        results = RandomCropSnippets(7)(video(10, seed))
        rgb, flow = results['features']['rgb'][:, 0], results['features']['flow'][:, 0]
        np.testing.assert_array_equal(rgb, -flow)
        np.testing.assert_array_equal(rgb, rgb[0] + np.arange(7))
        assert results['num_snippets'] == 7
        # A snippet keeps its place in time.
        before, after = video(10, seed)['timing'], results['timing']
        assert after.to_seconds(0) == before.to_seconds(rgb[0])
        assert after.to_seconds(7) == before.to_seconds(rgb[0] + 7)
        assert after.duration == before.duration
        starts.add(int(rgb[0]))
    assert starts == {0, 1, 2, 3}


def test_the_seed_alone_decides():
    first, again = (RandomCropSnippets(3)(video(10_000, 5)) for _ in range(2))
    np.testing.assert_array_equal(first['features']['rgb'], again['features']['rgb'])
    other = RandomCropSnippets(3)(video(10_000, 6))
    assert first['timing'] != other['timing']


def test_without_a_seed_the_middle_is_kept():
    np.testing.assert_array_equal(RandomCropSnippets(4)(video(10, None))['features']['rgb'][:, 0], [3, 4, 5, 6])


def test_refuses_to_keep_nothing():
    with pytest.raises(InputError, match='max_snippets=0'):
        RandomCropSnippets(0)
