"""tools/visualizations/draw_rounds.py."""

import shutil

import pytest

from tests.reports.page.written_run import write_run

TOOL = 'visualizations/draw_rounds.py'


@pytest.fixture
def work_dir(cli, folder, write_config, tmp_path):
    """A training of two rounds."""
    config = write_config(folder, 'train_cfg = dict(num_rounds=2, epochs_per_round=1)\n')
    code, _, error = cli('train.py', config, '--work-dir', tmp_path / 'run')
    assert code == 0, error
    return tmp_path / 'run'


def drawn(folder):
    found = list(folder.rglob('*.png'))
    assert all(path.read_bytes().startswith(b'\x89PNG') for path in found)
    return sorted(path.relative_to(folder).as_posix() for path in found)


def test_draws_what_a_training_recorded(cli, work_dir, blank_pictures, tmp_path):
    code, out, err = cli(TOOL, work_dir)
    assert (code, err) == (0, '')
    assert out == f'12 pictures written to {work_dir / "pictures"}\n'
    assert drawn(work_dir / 'pictures') == [
        'affinity.png',
        'confusion_round_1.png',
        'confusion_round_2.png',
        'embedding_round_1.png',
        'embedding_round_2.png',
        'round_curves.png',
        *(f'timelines/video_{index:03d}.png' for index in range(12, 17)),
        'training_curves.png',
    ]

    out_dir = tmp_path / 'out'
    code, _, err = cli(TOOL, work_dir, '--out-dir', out_dir, '--rounds', 2, '--videos', 'video_017')
    assert (code, err) == (0, '')
    assert [name for name in drawn(out_dir) if 'round_' in name or '/' in name] == [
        'confusion_round_2.png',
        'embedding_round_2.png',
        'round_curves.png',
        'timelines/video_017.png',
    ]
    code, _, err = cli(TOOL, work_dir, '--out-dir', tmp_path / 'none', '--rounds', 2, '--number', 0)
    assert not (tmp_path / 'none' / 'timelines').exists()

    for arguments, named in (
        (('--rounds', 3), 'round 3 is not finished'),
        (('--rounds', 1, 3), 'round 3 is not finished'),
        (('--videos', 'nobody'), 'nobody'),
        (('--number', -1), '--number -1'),
        (('--out-dir', __file__), 'it is a file'),
    ):
        code, _, err = cli(TOOL, work_dir, *arguments)
        assert (code, err.count('\n')) == (2, 1), err
        assert named in err


def test_a_folder_without_a_record_is_refused_in_one_line(cli, tmp_path):
    emptied = write_run(tmp_path / 'emptied')
    for folder in (emptied / 'records').glob('round_*'):
        shutil.rmtree(folder)
    for folder in (tmp_path, tmp_path / 'nowhere', emptied):
        code, _, err = cli(TOOL, folder)
        assert (code, err.count('\n')) == (2, 1), err
        assert str(folder) in err
