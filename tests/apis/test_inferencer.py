import json

import numpy as np
import pytest

from mmacl.apis import ActionLocalizationInferencer, load_config
from mmacl.registry import INFERENCERS
from mmacl.utils import InputError
from mmacl.visualization import draw_timeline


@pytest.fixture
def inferencer(config_file, checkpoint):
    return ActionLocalizationInferencer(config_file, checkpoint)


def arrays(folder, name):
    return {modality: np.load(folder / 'features' / modality / f'{name}.npy') for modality in ('rgb', 'flow')}


def test_equals_the_test_tool(inferencer, folder, config_file, checkpoint, tmp_path, cli):
    code, _, err = cli(
        'test.py', config_file, checkpoint, '--out', tmp_path / 'tool.json', '--work-dir', tmp_path / 'w'
    )
    assert code == 0, err
    of_tool = json.loads((tmp_path / 'tool.json').read_text())['results']
    ours = inferencer(folder)['results']
    assert len(of_tool) == 6
    assert {name: ours[name] for name in of_tool} == of_tool
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


@pytest.mark.parametrize(
    ('inputs', 'names'),
    [
        ('no/such/folder', 'no/such/folder: no such folder'),
        ({}, 'no features'),
        ({'rgb': np.ones((4, 12))}, 'flow'),
        ({'rgb': np.ones((4, 12)), 'flow': np.ones((4, 5))}, 'width 5 is not 12'),
        ({'rgb': np.ones((4, 12)), 'flow': np.ones((9, 12))}, '9 snippets of flow'),
        ({'rgb': np.full((4, 12), np.nan), 'flow': np.ones((4, 12))}, 'NaN'),
        ({'../v': {'rgb': np.ones((4, 12)), 'flow': np.ones((4, 12))}}, 'cannot be a file name'),
    ],
)
def test_bad_input(inferencer, inputs, names):
    with pytest.raises(InputError, match=names):
        inferencer(inputs)
