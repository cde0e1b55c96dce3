"""Discovery and the choice of a number of clusters as programs."""

from __future__ import annotations

import json
import runpy

import pytest

from mmacl.video import write_moving_shapes
from tests.small_training import ROOT

pytestmark = pytest.mark.usefixtures('warm_trainings')
QUICK = ('train_cfg.num_rounds=1', 'train_cfg.epochs_per_round=1', 'train_dataloader.batch_sampler.num_batches=2')


def test_discover_names_what_it_left_out(cli, tmp_path):
    truth = write_moving_shapes(tmp_path / 'videos', 4, ('slide', 'bounce'), seconds=(2.5, 3.0))
    (tmp_path / 'videos' / 'broken.mp4').write_bytes(b'no video')
    out = tmp_path / 'found'
    code, said, error = cli(
        'discover.py', tmp_path / 'videos', '--num-actions', 2, '--out', out, '--stride', 8, '--cfg-options', *QUICK
    )
    assert code == 1
    assert error.startswith('left out: ')
    assert f'gallery:    {out / "gallery.html"}' in said
    assert '--checkpoint' in said
    assert (out / 'gallery.html').is_file()

    # The demo measures the same results.
    from mmacl.apis import discover

    measure = runpy.run_path(str(ROOT / 'demo/own_videos.py'))['measure']
    figures = measure(discover(tmp_path / 'videos', out, 2, stride=8, options=QUICK), truth)
    assert set(figures) == {'purity', 'NMI', 'mAP@0.3', 'mAP@0.5', 'mAP@0.7'}
    assert 0.5 <= figures['purity'] <= 1
    assert all(0 <= value <= 1 for value in figures.values())


@pytest.mark.parametrize('word', ['0', '1', 'many', '-3', '2.5'])
def test_discover_refuses_what_is_no_number_of_actions(cli, tmp_path, word):
    code, _, error = cli('discover.py', tmp_path, f'--num-actions={word}', '--out', tmp_path / 'o')
    assert code == 2
    assert 'is no number of actions; give a number from 2, or auto' in error


def test_discover_refuses_unknown_names_and_folders(cli, tmp_path):
    words = ('--num-actions', 2, '--out', tmp_path / 'o')
    assert 'no such file or folder' in cli('discover.py', tmp_path / 'none', *words)[2]
    (tmp_path / 'names.json').write_text('{"version": 7}')
    assert 'version=7' in cli('discover.py', tmp_path, *words, '--names', tmp_path / 'names.json')[2]
    (tmp_path / 'v.mp4').write_bytes(b'x')
    assert "extractor 'i4d' is not registered" in cli('discover.py', tmp_path, *words, '--extractor', 'i4d')[2]


def test_choose_num_clusters_prints_and_writes_its_reasons(cli, folder, write_config, tmp_path):
    code, said, error = cli(
        'analysis_tools/choose_num_clusters.py',
        write_config(folder),
        *('--range', 2, 6, '--json', tmp_path / 'n.json', '--plot', tmp_path / 'n.png'),
    )
    assert (code, error) == (0, '')
    content = json.loads((tmp_path / 'n.json').read_text())
    assert content['candidates'] == [2, 3, 4, 5, 6]
    assert said.splitlines()[-len(content['reasons']) :] == content['reasons']
    assert (tmp_path / 'n.png').read_bytes().startswith(b'\x89PNG')


def test_choose_num_clusters_refuses_one_seed(cli, folder, write_config):
    code, _, error = cli('analysis_tools/choose_num_clusters.py', write_config(folder), '--seeds', 1, 1)
    assert code == 2
    assert 'at least two' in error
