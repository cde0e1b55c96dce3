import json

import numpy as np
import pytest
import torch

from mmacl.apis import ActionLocalizationInferencer, init_model, load_config
from mmacl.engine.hooks.checkpoint_guard_hook import _describe
from mmacl.registry import INFERENCERS
from mmacl.utils import InputError
from mmacl.visualization import draw_timeline


@pytest.fixture
def inferencer(config_file, checkpoint):
    return ActionLocalizationInferencer(config_file, checkpoint)


def arrays(folder, name):
    return {modality: np.load(folder / 'features' / modality / f'{name}.npy') for modality in ('rgb', 'flow')}


def score_free(found):
    return {key: value for key, value in found.items() if key != 'score'}


def test_equals_the_test_tool(inferencer, folder, config_file, checkpoint, tmp_path, cli):
    code, _, err = cli(
        'test.py', config_file, checkpoint, '--out', tmp_path / 'tool.json', '--work-dir', tmp_path / 'w'
    )
    assert code == 0, err
    of_tool = json.loads((tmp_path / 'tool.json').read_text())['results']
    ours = inferencer(folder)['results']
    assert len(of_tool) == 6
    # The tool computes videos of similar length together, which changes the last digits.
    for name, theirs in of_tool.items():
        assert [score_free(found) for found in ours[name]] == [score_free(found) for found in theirs]
        assert [found['score'] for found in ours[name]] == pytest.approx([found['score'] for found in theirs], rel=1e-5)
    assert sum(map(len, of_tool.values())) > 6


def test_folder_arrays_and_one_video_agree(inferencer, folder):
    by_folder = inferencer(folder)['results']
    assert sorted(by_folder) == [f'video_{index:03d}' for index in range(18)]
    names = ['video_003', 'video_001']
    assert inferencer({name: arrays(folder, name) for name in names})['results'] == {
        name: by_folder[name] for name in sorted(names)
    }
    assert inferencer(arrays(folder, 'video_003'))['results'] == {'video': by_folder['video_003']}


def test_a_folder_of_features_alone(inferencer, folder):
    assert inferencer(folder / 'features')['results'] == inferencer(folder)['results']


def test_form_of_the_results(inferencer, folder, tmp_path):
    results = inferencer(folder, out=tmp_path / 'new' / 'segments.json')
    assert json.loads((tmp_path / 'new' / 'segments.json').read_text()) == results
    assert results['version'] == 'mmacl'
    assert results['external_data']['simulated'] is False
    for name, found in results['results'].items():
        length = len(np.load(folder / 'features' / 'rgb' / f'{name}.npy'))
        assert [d['score'] for d in found] == sorted((d['score'] for d in found), reverse=True)
        for detection in found:
            start, end = detection['segment']
            assert 0 <= start < end <= length
            assert (detection['label'] == 'class_2') == (detection['cluster'] in (0, 1))


def test_annotations_are_never_read(inferencer, folder):
    before = inferencer(folder)
    (folder / 'annotations.json').write_text('no JSON')
    assert inferencer(folder) == before


def test_timing_can_be_given(inferencer, config_file, checkpoint, folder):
    twice = ActionLocalizationInferencer(config_file, checkpoint, timing={'fps': 1.0, 'snippet_stride': 2})
    video = arrays(folder, 'video_002')
    slow, fast = twice(video)['results']['video'], inferencer(video)['results']['video']
    assert [d['segment'] for d in slow] == [[2 * t for t in d['segment']] for d in fast]


def test_a_model_that_finds_no_segments_is_refused(config_file, checkpoint):
    config = load_config(config_file)
    config.model.post_processor = None
    with pytest.raises(InputError, match='its model has no post_processor'):
        ActionLocalizationInferencer(config, checkpoint)


def test_timing_must_be_known(config_file, checkpoint):
    config = load_config(config_file)
    del config.test_dataloader.dataset['timing']
    with pytest.raises(InputError, match='states no timing'):
        ActionLocalizationInferencer(config, checkpoint)


def test_predictions_can_be_drawn(inferencer, folder):
    samples = inferencer.predict({'v': arrays(folder, 'video_001')})
    assert samples[0].video_name == 'v'
    assert samples[0].class_specific_attention.shape == (samples[0].num_snippets, 3)
    assert len(draw_timeline(samples[0], inferencer.class_names).axes) == 3


def test_one_snippet(inferencer):
    ones = np.ones((1, 12), dtype=np.float32)
    found = inferencer({'rgb': ones, 'flow': ones})['results']['video']
    assert all(d['segment'] == [0.0, 1.0] for d in found)


def test_it_is_registered():
    assert INFERENCERS.get('ActionLocalizationInferencer') is ActionLocalizationInferencer


ONES = np.ones((4, 12))


@pytest.mark.parametrize(
    ('inputs', 'names'),
    [
        ('no/such/folder', 'no/such/folder: no such file or folder; give a folder of features, {'),
        ({}, 'there are no features in {}'),
        ({'rgb': ONES}, "video 'video': the model reads 'rgb', 'flow'; what was given has no 'flow'"),
        ({'v': {'rgb': ONES, 'flow': ONES, 'depth': ONES}}, "video 'v': .*; what was given has unknown 'depth'"),
        ({'v1': ONES, 'v2': ONES}, "has no 'rgb', no 'flow', unknown 'v1', unknown 'v2'"),
        ({'v': {'rgb': ONES, 'flow': ONES}, 'rgb': ONES}, 'arrays and videos are mixed'),
        ({7: {'rgb': ONES, 'flow': ONES}}, 'a name is not text'),
        (ONES, r'one ndarray for 2 streams \(rgb, flow\); give .* \{.rgb.: array, .flow.: array\}, or \{video: '),
        (None, 'one NoneType for 2 streams'),
        ({'rgb': ONES, 'flow': np.ones((4, 5))}, 'width 5 is not 12'),
        ({'rgb': ONES, 'flow': np.ones((9, 12))}, '9 snippets of flow'),
        ({'rgb': np.full((4, 12), np.nan), 'flow': ONES}, 'NaN'),
        ({'rgb': 'a', 'flow': ONES}, "ending ''"),
        ({'../v': {'rgb': ONES, 'flow': ONES}}, 'cannot be a file name'),
    ],
)
def test_bad_input(inferencer, inputs, names):
    with pytest.raises(InputError, match=names):
        inferencer(inputs)


def test_a_file_for_one_stream_of_two_is_refused(inferencer, folder):
    with pytest.raises(InputError, match=r'one file for 2 streams \(rgb, flow\)'):
        inferencer(folder / 'features' / 'rgb' / 'video_001.npy')


def test_files_stand_for_arrays(inferencer, folder, tmp_path):
    video = arrays(folder, 'video_001')
    wanted = inferencer(video)['results']['video']
    files = {modality: folder / 'features' / modality / 'video_001.npy' for modality in video}
    assert inferencer(files)['results'] == {'video': wanted}
    np.savez(tmp_path / 'both.npz', **video)
    assert inferencer(str(tmp_path / 'both.npz'))['results'] == {'both': wanted}


def test_an_array_is_enough_where_there_is_one_stream(folder, tmp_path, config_file):
    config = load_config(config_file)
    config.model.in_channels = {'rgb': 12}
    model = init_model(config)
    torch.save({'state_dict': model.state_dict(), 'model': _describe(model), 'meta': {}}, tmp_path / 'one.pth')
    inferencer = ActionLocalizationInferencer(config, tmp_path / 'one.pth')
    rgb = arrays(folder, 'video_001')['rgb']
    wanted = inferencer({'rgb': rgb})['results']
    for same in (rgb, rgb.tolist(), torch.from_numpy(rgb)):
        assert inferencer(same)['results'] == wanted
    path = folder / 'features' / 'rgb' / 'video_001.npy'
    assert inferencer(path)['results'] == {'video_001': wanted['video']}


def test_a_place_where_nothing_can_be_written_is_refused_before_the_work(inferencer):
    with pytest.raises(InputError, match=r'/proc/x\.json: cannot be written'):
        inferencer('no/such/folder', out='/proc/x.json')
