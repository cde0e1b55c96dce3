"""tools/visualizations/browse_dataset.py."""

import json

import pytest

TOOL = 'visualizations/browse_dataset.py'


def test_draws_every_test_video_and_the_statistics(cli, folder, write_config, tmp_path):
    code, out, err = cli(TOOL, write_config(folder), '--out-dir', tmp_path / 'out')
    assert (code, err) == (0, '')
    assert 'test · 6 videos, 6 instances' in out
    drawn = sorted(path.name for path in (tmp_path / 'out' / 'timelines').iterdir())
    assert drawn == [f'video_{index:03d}.png' for index in range(12, 18)]
    assert (tmp_path / 'out' / 'statistics.png').read_bytes().startswith(b'\x89PNG')


def test_subset_key_number_and_options(cli, folder, write_config, tmp_path):
    arguments = ('--out-dir', tmp_path / 'out', '--subset-key', 'train', '--number', 2)
    code, out, _ = cli(
        TOOL, write_config(folder), *arguments, '--cfg-options', '+train_dataloader.dataset.exclude=["video_000"]'
    )
    assert code == 0
    assert 'train · 11 videos' in out
    assert sorted(path.name for path in (tmp_path / 'out' / 'timelines').iterdir()) == [
        'video_001.png',
        'video_002.png',
    ]


@pytest.mark.parametrize('with_durations', [True, False])
def test_works_without_features(cli, folder, write_config, tmp_path, with_durations):
    for path in folder.rglob('*.npy'):
        path.unlink()
    annotations = json.loads((folder / 'annotations.json').read_text())
    if not with_durations:
        for video in annotations['database'].values():
            del video['duration']
        (folder / 'annotations.json').write_text(json.dumps(annotations))
    code, _, err = cli(TOOL, write_config(folder), '--out-dir', tmp_path / 'out', '--number', 1)
    assert (code, err) == (0, '')


def test_a_folder_without_annotations_is_refused_in_one_line(cli, folder, write_config, tmp_path):
    (folder / 'annotations.json').unlink()
    code, _, err = cli(
        TOOL,
        write_config(folder),
        '--out-dir',
        tmp_path / 'out',
        '--cfg-options',
        'test_dataloader.dataset.require_annotations=False',
    )
    assert code == 2
    assert err.startswith('error: ')
    assert err.count('\n') == 1
    assert 'no annotations' in err
    assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize(
    ('arguments', 'names'), [(('--number', '-1'), '--number -1'), (('--out-dir', __file__), 'is a file')]
)
def test_bad_arguments(cli, folder, write_config, arguments, names):
    code, _, err = cli(TOOL, write_config(folder), *arguments)
    assert code == 2
    assert names in err
    assert err.count('\n') == 1
