from mmacl.dataset_tools.inspection.stream_faults import duplicate_faults, length_faults, width_faults
from mmacl.dataset_tools.inspection.video_facts import StreamFacts, VideoFacts


def video(name, **streams):
    return VideoFacts(name, {m: StreamFacts(f'{m}/{name}', *values) for m, values in streams.items()})


def test_the_width_of_most_videos_counts_unless_one_is_stated():
    videos = [video('a', rgb=(5, 3)), video('b', rgb=(5, 4)), video('c', rgb=(5, 4)), video('d')]
    assert [fault.video for fault in width_faults(videos, ('rgb', 'flow'), {})] == ['a']
    assert [fault.video for fault in width_faults(videos, ('rgb',), {'rgb': 3})] == ['b', 'c']


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
