"""A timing for each video: from a table, from annotations, from files beside the features."""

import json

import numpy as np
import pytest

from mmacl.datasets import NpyFolderStore, TimingRule, VideoRecord, VideoTimings
from mmacl.datasets.timing_table import read_timing_table, timing_text
from mmacl.structures import SnippetTiming
from mmacl.utils import InputError

RATES = {'a': 24.0, 'b': 25.0, 'c': 29.97}


def table(tmp_path, text, name='timing.json'):
    (tmp_path / name).write_text(text if isinstance(text, str) else json.dumps(text))
    return str(tmp_path / name)


def rules(tmp_path, videos='abc', **timing):
    records = [VideoRecord(name) for name in videos]
    return VideoTimings(timing, tmp_path).rules(records, NpyFolderStore(tmp_path), 'rgb')


def wtalc(tmp_path):
    (tmp_path / 'wtalc').mkdir()
    np.save(tmp_path / 'wtalc/videoname.npy', np.array([name.encode() for name in RATES], dtype=object))
    np.save(tmp_path / 'wtalc/original_fps.npy', np.array(list(RATES.values())))
    return 'wtalc'


TABLES = {
    'full': dict(videos={name: dict(fps=fps) for name, fps in RATES.items()}),
    'flat': RATES,
    'default': dict(videos={'a': 24, 'c': 29.97}, default=dict(fps=25)),
    'duration': dict(videos={name: dict(frame_rate=fps, duration=9.5) for name, fps in RATES.items()}),
    'csv': 'Video, frame_rate, note\n' + ''.join(f'{name},{fps},x\n' for name, fps in RATES.items()),
}


@pytest.mark.parametrize('form', [*TABLES, 'wtalc'])
def test_every_form_of_a_table_gives_each_video_its_rate(tmp_path, form):
    if form == 'wtalc':
        path = wtalc(tmp_path)
    else:
        path = table(tmp_path, TABLES[form], 'timing.csv' if form == 'csv' else 'timing.json')
    found = rules(tmp_path, mode='file', path=path, snippet_stride=4, window=16)
    for name, fps in RATES.items():
        assert found[name].timing(10, 9.0) == SnippetTiming(4 / fps, 6 / fps, 9.0)
    # A length that only the table states is that of the video.
    expected = 9.5 if form == 'duration' else 6 / 25 + 10 * 4 / 25
    assert found['b'].timing(10, None).duration == pytest.approx(expected)


def test_an_entry_goes_before_what_is_stated_for_all(tmp_path):
    table(
        tmp_path, dict(videos=dict(a=dict(fps=10, snippet_stride=5, offset=0.25), b=dict(snippet_duration=0.5), c=10))
    )
    found = rules(tmp_path, mode='file', fps=30, snippet_stride=6, window=8)
    assert found['a'] == TimingRule(0.5, 0.25)
    assert found['b'] == TimingRule(0.5)
    assert found['c'] == TimingRule(0.6, 0.1, 0.8)


def test_what_is_written_reads_the_same(tmp_path):
    entries = {'a "x"': dict(fps=29.97, snippet_stride=4, offset=0.2), 'b': dict(snippet_duration=1 / 3, duration=7.0)}
    found, default = read_timing_table(table(tmp_path, timing_text(entries)))
    assert (found, default) == (entries, None)


@pytest.mark.parametrize(
    ('content', 'says'),
    [
        ('[]', 'no JSON object'),
        ('{', 'not JSON'),
        (dict(videos=dict(a=None)), "video 'a': None is no entry"),
        (dict(videos=dict(a='25')), "video 'a': '25' is no entry"),
        (dict(videos=dict(a=dict(fps=0), b=1, c=1)), "video 'a': fps=0 is not a positive number"),
        (dict(videos=dict(a=dict(fps=1, frames=2), b=1, c=1)), "video 'a': 'frames' is not known"),
        (dict(videos=dict(a=dict(fps=1, snippet_duration=2, window=1), b=1, c=1)), 'window are in frames'),
        (dict(videos=dict(a=dict(offset=1, window=1), b=1, c=1)), 'offset and window are both stated'),
        (dict(videos=dict(b=25)), "video 'a': no timing of 2 of 3 videos"),
    ],
)
def test_tables_that_make_no_sense_are_refused_in_one_line(tmp_path, content, says):
    path = table(tmp_path, content)
    with pytest.raises(InputError, match=says) as error:
        rules(tmp_path, mode='file', snippet_stride=4)
    assert error.value.file == path
    assert '\n' not in str(error.value)


@pytest.mark.parametrize(
    ('text', 'says'),
    [
        ('video,rate\na,25\n', 'the first line is video,rate'),
        ('video,fps\na,fast\n', 'line 2: could not convert'),
        ('video,fps\na,25\na,30\n', "line 3: 'a' has another timing before"),
    ],
)
def test_bad_csv_tables(tmp_path, text, says):
    with pytest.raises(InputError, match=says):
        read_timing_table(table(tmp_path, text, 'timing.csv'))


def test_a_missing_stride_is_named(tmp_path):
    table(tmp_path, RATES)
    with pytest.raises(InputError, match="video 'a': snippet_stride is not stated"):
        rules(tmp_path, mode='file')
    with pytest.raises(InputError, match=r'none\.json: cannot be read'):
        rules(tmp_path, mode='file', path='none.json')
    (tmp_path / 'empty').mkdir()
    with pytest.raises(InputError, match=r'videoname\.npy: no such file'):
        rules(tmp_path, mode='file', path='empty')


@pytest.mark.parametrize(
    ('timing', 'says'),
    [
        (dict(mode='frames', fps=25, snippet_stride=16), 'not understood'),
        (dict(mode='file', stride=4), "'stride' is not known"),
        (dict(mode='companions', snippet_stride=0), 'snippet_stride=0'),
        (dict(fps=25, snippet_stride=16, duration=3), 'not understood'),
    ],
)
def test_a_config_that_makes_no_sense(tmp_path, timing, says):
    with pytest.raises(InputError, match=says):
        VideoTimings(timing, tmp_path)


def test_annotations_state_the_rate_of_each_video(tmp_path):
    records = [VideoRecord(name, fps=fps) for name, fps in RATES.items()]
    timings = VideoTimings(dict(mode='annotations', snippet_stride=4, window=16), annotations='gt.json')
    found = timings.rules(records, NpyFolderStore(tmp_path), 'rgb')
    assert {name: rule.snippet_duration for name, rule in found.items()} == {n: 4 / fps for n, fps in RATES.items()}
    with pytest.raises(InputError, match=r"^gt\.json: video 'd': no timing of 1 of 4 videos; add their fps"):
        timings.rules([*records, VideoRecord('d')], NpyFolderStore(tmp_path), 'rgb')


# Companions


def features(tmp_path, name, length, fps=None, ends=None):
    folder = tmp_path / 'features/rgb'
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / f'{name}.npy', np.ones((length, 2), np.float32))
    if fps is not None:
        np.save(folder / f'{name}_fps.npy', np.array(fps))
    if ends is not None:
        np.save(folder / f'{name}_timestamps_ms.npy', 1000 * np.asarray(ends))


@pytest.mark.parametrize('fps', [24.0, 25.0, 30000 / 1001, 30.0])
@pytest.mark.parametrize(('window', 'stride'), [(64, 64), (16, 4), (16, 16)])
def test_times_of_windows_give_stride_and_offset(tmp_path, fps, window, stride):
    ends = (window + stride * np.arange(10)) / fps
    features(tmp_path, 'a', 10, fps, ends)
    features(tmp_path, 'b', 10, None, ends)
    found = rules(tmp_path, 'ab', mode='companions')
    for name in 'ab':
        timing = found[name].timing(10, None)
        assert timing.snippet_duration == pytest.approx(stride / fps)
        assert timing.offset == pytest.approx((window - stride) / 2 / fps)
    entries = VideoTimings(dict(mode='companions')).entries([VideoRecord('a')], NpyFolderStore(tmp_path), 'rgb')
    assert entries['a']['snippet_stride'] == stride


def test_a_rate_alone_needs_a_stride(tmp_path):
    features(tmp_path, 'a', 10, 25.0)
    assert rules(tmp_path, 'a', mode='companions', snippet_stride=16)['a'] == TimingRule(0.64)
    with pytest.raises(InputError, match='snippet_stride is not stated'):
        rules(tmp_path, 'a', mode='companions')
    features(tmp_path, 'b', 10)
    with pytest.raises(InputError, match="video 'b': no timing of 1 of 2 videos"):
        rules(tmp_path, 'ab', mode='companions', snippet_stride=16)


def test_one_window_is_as_long_as_its_end(tmp_path):
    features(tmp_path, 'a', 1, 24.0, [64 / 24])
    assert rules(tmp_path, 'a', mode='companions')['a'] == TimingRule(64 / 24)


@pytest.mark.parametrize(
    'ends',
    [[1, 2, 3, 5, 6], [1, 2, 3], [5, 4, 3, 2, 1], [0, 1, 2, 3, 4], [1, 1, 1, 1, 1], []],
)
def test_times_that_are_no_ends_of_windows_are_refused(tmp_path, ends):
    features(tmp_path, 'a', 5, 25.0, np.array(ends, dtype=float))
    if ends == [1, 2, 3, 5, 6]:
        ends = [1, 2, 3, 5, 9]
        features(tmp_path, 'a', 5, 25.0, ends)
    with pytest.raises(InputError, match=r'a_timestamps_ms\.npy: .*are not the ends of 5 evenly spaced windows'):
        rules(tmp_path, 'a', mode='companions')


@pytest.mark.parametrize('content', [np.array([24.0, 25.0]), np.array('25'), np.array([np.nan])])
def test_rates_that_are_no_rate(tmp_path, content):
    features(tmp_path, 'a', 5, content)
    with pytest.raises(InputError, match=r'a_fps\.npy'):
        rules(tmp_path, 'a', mode='companions', snippet_stride=16)


def test_a_dataset_reads_the_table_of_its_folder(videos):
    (videos.root / 'timing.json').write_text(
        timing_text({name: dict(fps=10.0 * (i + 1), snippet_stride=5) for i, name in enumerate(videos.database)})
    )
    for entry in videos.database.values():
        del entry['duration']
        entry['annotations'] = []
    videos.annotate()
    dataset = videos.dataset(timing=dict(mode='file'))
    assert [dataset.timing(i).snippet_duration for i in range(3)] == [0.5, 0.25, 0.5 / 3]
    assert dataset.get_subset([2]).timing(0) == dataset.timing(2)
    (videos.root / 'timing.json').write_text(timing_text({name: dict(fps=1) for name in ('alpha', 'beta', 'gamma')}))
    with pytest.raises(InputError, match=r"timing\.json: video 'delta': no timing of 1 of 4 videos"):
        videos.dataset(timing=dict(mode='file', snippet_stride=2), subset=None)


def test_thumos14_has_videos_of_three_rates(shared_data):
    entries, _ = read_timing_table(str(shared_data / 'thumos14/wtalc'))
    rates = [entry['fps'] for entry in entries.values()]
    assert (len(rates), rates.count(24.0), rates.count(25.0), rates.count(30.0)) == (412, 2, 11, 399)
