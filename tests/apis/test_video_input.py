"""The inferencer on video files."""

from __future__ import annotations

import json
import tracemalloc

import numpy as np
import pytest
import torch

from mmacl.apis import ActionLocalizationInferencer, init_model, load_config
from mmacl.apis.video_input import sampling_of
from mmacl.engine.hooks.checkpoint_guard_hook import _describe
from mmacl.structures import ActionNames
from mmacl.utils import InputError
from mmacl.video import extract_video
from tests.video.make_video import grey_frames, write_video
from tests.video.tiny_extractor import TinyExtractor


@pytest.fixture
def one_stream(folder, write_config, tmp_path):
    """A model of one stream of four values, never trained, and its checkpoint."""
    config = load_config(write_config(folder))
    config.model.in_channels = {'rgb': 4}
    torch.manual_seed(3)
    model = init_model(config)
    for stream in model.streams.values():
        for parameter in stream.class_specific_head.parameters():
            torch.nn.init.normal_(parameter)
    torch.save({'state_dict': model.state_dict(), 'model': _describe(model), 'meta': {}}, tmp_path / 'one.pth')
    return config, tmp_path / 'one.pth'


@pytest.fixture
def videos(tmp_path):
    folder = tmp_path / 'videos'
    folder.mkdir()
    for name, count in {'a': 60, 'b "x" <b>': 90}.items():
        write_video(folder / f'{name}.mkv', grey_frames([(7 * i) % 250 for i in range(count)]))
    return folder


@pytest.fixture
def warnings(monkeypatch):
    said = []
    for module in ('inferencer', 'video_input'):
        monkeypatch.setattr(f'mmacl.apis.{module}.log_warning', said.append)
    return said


def build(one_stream, **options):
    return ActionLocalizationInferencer(*one_stream, extractor=TinyExtractor(), **{'fps': 25, 'stride': 4, **options})


def test_files_folders_and_lists_equal_features_and_their_timing(one_stream, videos):
    find = build(one_stream)
    found = find(videos)['results']
    assert list(found) == ['a', 'b "x" <b>']
    assert found['a']
    assert find(videos / 'a.mkv')['results'] == {'a': found['a']}
    assert find([videos / 'b "x" <b>.mkv', str(videos / 'a.mkv')])['results'] == found
    features, timing = extract_video(videos / 'a.mkv', TinyExtractor(), fps=25, stride=4)
    placed = {'fps': 25, 'snippet_stride': 4, 'window': 8}
    by_features = ActionLocalizationInferencer(*one_stream, timing=placed)
    assert by_features({'a': {'rgb': features}})['results']['a'] == found['a']
    sample = find.predict(videos / 'a.mkv')[0]
    assert sample.duration == timing['duration'] == pytest.approx(2.4)
    assert all(0 <= start < end <= 2.4 for start, end in sample.pred_instances.segments)


def test_an_extractor_may_be_a_config_or_one_for_each_stream(one_stream, videos):
    wanted = build(one_stream)(videos / 'a.mkv')
    for extractor in ({'type': 'TinyExtractor'}, {'rgb': {'type': 'TinyExtractor'}}, {'rgb': TinyExtractor()}):
        find = ActionLocalizationInferencer(*one_stream, extractor=extractor, fps=25, stride=4)
        assert find(videos / 'a.mkv') == wanted


def test_features_count_in_a_folder_with_both(one_stream, videos, warnings):
    find = build(one_stream)
    (videos / 'features' / 'rgb').mkdir(parents=True)
    np.save(videos / 'features' / 'rgb' / 'c.npy', np.ones((9, 4), dtype=np.float32))
    assert list(find(videos)['results']) == ['c']
    assert warnings == [f'{videos}: holds features and 2 video files; the features are used']


def test_a_bad_video_among_others_is_left_out(one_stream, videos, warnings, tmp_path):
    find = build(one_stream)
    (videos / 'broken.mp4').write_bytes(b'no video')
    write_video(videos / 'short.mkv', grey_frames([1] * 5))
    assert list(find(videos, out=tmp_path / 'x.json')['results']) == ['a', 'b "x" <b>']
    assert list(json.loads((tmp_path / 'x.json').read_text())['results']) == ['a', 'b "x" <b>']
    assert [('broken.mp4' in line, 'short.mkv' in line) for line in warnings] == [(True, False), (False, True)]
    with pytest.raises(InputError, match=r'broken\.mp4: cannot be read as a video'):
        find(videos / 'broken.mp4')


def test_names_of_clusters_are_used(one_stream, videos):
    plain = build(one_stream)(videos)['results']
    rows = [row for found in plain.values() for row in found]
    clusters = sorted({row['cluster'] for row in rows})
    assert {row['label'] for row in rows} == {f'cluster_{cluster:02d}' for cluster in clusters}
    named = build(one_stream, names=ActionNames(names=dict.fromkeys(clusters, 'jump')))(videos)['results']
    assert {row['label'] for found in named.values() for row in found} == {'jump'}
    none = build(one_stream, names=ActionNames(not_actions=frozenset(range(3))))(videos)['results']
    assert none == {'a': [], 'b "x" <b>': []}
    with pytest.raises(InputError, match='names cluster_07, and the model has 3 clusters'):
        build(one_stream, names=ActionNames(names={7: 'jump'}))


@pytest.mark.parametrize(
    ('extractor', 'message'),
    [
        ({'type': 'nothing'}, "'nothing' is not registered; use one of .*TinyExtractor"),
        ({'flow': {'type': 'TinyExtractor'}}, 'TinyExtractor gives flow features, and the model reads rgb'),
        ({}, 'no extractor gives rgb'),
    ],
)
def test_another_extractor_is_refused(one_stream, extractor, message):
    with pytest.raises(InputError, match=message):
        ActionLocalizationInferencer(*one_stream, extractor=extractor)


def test_another_width_is_refused(one_stream):
    extractor = TinyExtractor()
    extractor.feature_dim = 1024
    with pytest.raises(InputError, match='gives 1024 rgb values a snippet, and the model reads 4'):
        ActionLocalizationInferencer(*one_stream, extractor=extractor)


def test_a_video_without_an_extractor_is_refused(one_stream, videos):
    find = ActionLocalizationInferencer(*one_stream)
    with pytest.raises(InputError, match=r'a\.mkv: is a video, and the inferencer has no extractor'):
        find(videos / 'a.mkv')


def test_the_sampling_is_that_of_the_training(tmp_path):
    assert sampling_of(None) == (25.0, 16)
    assert sampling_of({'fps': 30, 'snippet_stride': 8}) == (30.0, 8)
    assert sampling_of({'mode': 'file'}, str(tmp_path)) == (25.0, 16)
    entry = {'fps': 10.0, 'snippet_stride': 4, 'window': 8, 'duration': 3.0}
    (tmp_path / 'timing.json').write_text(json.dumps({'a': entry, 'b': {**entry, 'duration': 9.0}}))
    assert sampling_of({'mode': 'file'}, str(tmp_path)) == (10.0, 4)
    (tmp_path / 'timing.json').write_text(json.dumps({'a': entry, 'b': {**entry, 'fps': 25.0}}))
    assert sampling_of({'mode': 'file', 'path': 'timing.json'}, str(tmp_path)) == (25.0, 16)


def test_memory_does_not_grow_with_the_length_of_a_video(one_stream, tmp_path):
    picture = np.zeros((120, 160, 3), dtype=np.uint8)
    peaks = []
    for name, count in (('short', 60), ('long', 600)):
        path = write_video(tmp_path / f'{name}.mkv', [picture] * count)
        find = build(one_stream)
        tracemalloc.start()
        find(path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 10 * 120 * 160 * 3  # ten frames
