import numpy as np
import pytest

from mmacl.datasets import RandomCropSnippets, SampleSnippets
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


@pytest.mark.parametrize('length', [1, 9, 10])
def test_sampling_keeps_a_short_video_whole(length):
    results = SampleSnippets(10)(video(length, 3))
    assert results['features']['rgb'][:, 0].tolist() == list(range(length))
    assert results['timing'] == video(length, 3)['timing']


@pytest.mark.parametrize(('length', 'wanted'), [(10, 7), (23, 4), (750, 749), (5, 1), (12, 6)])
def test_sampling_takes_one_snippet_of_each_part(length, wanted):
    parts = [range(i * length // wanted, (i + 1) * length // wanted) for i in range(wanted)]
    assert [i for part in parts for i in part] == list(range(length))
    middle = SampleSnippets(wanted)(video(length, None))['features']['rgb'][:, 0].tolist()
    assert middle == [part[(len(part) - 1) // 2] for part in parts]
    seen = [set() for _ in parts]
    for seed in range(200):
        results = SampleSnippets(wanted)(video(length, seed))
        rgb, flow = results['features']['rgb'][:, 0], results['features']['flow'][:, 0]
        np.testing.assert_array_equal(rgb, -flow)
        assert results['num_snippets'] == len(rgb) == wanted
        for i, (index, part) in enumerate(zip(rgb.astype(int).tolist(), parts, strict=True)):
            assert index in part
            seen[i].add(index)
    assert seen == [set(part) for part in parts]


def test_a_sampled_snippet_covers_its_part_in_seconds():
    before, after = (transform(video(24, None))['timing'] for transform in (lambda results: results, SampleSnippets(4)))
    np.testing.assert_allclose(after.to_seconds(np.arange(5)), before.to_seconds(np.arange(0, 25, 6)))
    assert after.duration == before.duration
    uneven = SampleSnippets(7)(video(10, 2))['timing']
    assert uneven.to_seconds(7) == pytest.approx(video(10, 2)['timing'].to_seconds(10))


def test_sampling_depends_on_the_seed_alone():
    first, again, other = (SampleSnippets(30)(video(1000, seed))['features']['rgb'] for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_refuses_to_sample_nothing():
    with pytest.raises(InputError, match='num_snippets=0'):
        SampleSnippets(0)
