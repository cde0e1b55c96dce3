"""Features in, clusters and timed actions out: the two tools on small folders."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.small_training import CONFIG, ROOT, write_folder

DIAGNOSED = 'default_hooks.update(summary=dict(diagnostics=True))\n'
SHORT = 'train_cfg = dict(num_rounds=2, epochs_per_round=1)\n'
WHOLE_FOLDER = """
train_dataloader['dataset'].pop('subset')
test_dataloader['dataset'].pop('subset')
val_dataloader = test_dataloader
"""


def rows_of(work_dir: Path) -> list[dict]:
    log = sorted(work_dir.glob('*/vis_data/scalars.json'))[-1]
    return [row for line in log.read_text().splitlines() if 'round' in (row := json.loads(line))]


@pytest.fixture(scope='module')
def default(shared_cli, tmp_path_factory):
    """A run of two rounds that several tests look at: config, what was printed, folder."""
    root = tmp_path_factory.mktemp('default')
    config = root / 'tiny_us.py'
    config.write_text(CONFIG.format(repo=ROOT, root=write_folder(root / 'data')) + SHORT + DIAGNOSED)
    code, output, error = shared_cli('train.py', config, '--work-dir', root / 'work')
    assert code == 0, error
    return config, output, root / 'work'


def weights_of(work_dir: Path, epoch: int = 2) -> dict[str, torch.Tensor]:
    return torch.load(work_dir / f'epoch_{epoch}.pth', weights_only=True)['state_dict']


def test_training_ends_with_tables_and_one_row_a_round(default):
    _, output, work_dir = default
    for title in (
        'Clustering, round 1',
        'Clustering without labels, round 2',
        'Clustering, round 2',
        'Clustering of the training videos by round',
    ):
        assert title in output
    assert 'Localization by round' in output
    assert 'simulated' not in output
    rows = rows_of(work_dir)
    assert [row['round'] for row in rows] == [1, 2]
    wanted = {'cluster/purity', 'cluster/nmi', 'cluster/ari', 'tal/mAP@0.3', 'tal/mAP@0.7', 'tal/mAP@avg(0.3:0.7)'}
    for row in rows:
        assert wanted <= set(row)
        assert all(0 <= row[key] <= 1 for key in wanted)
        assert {'tal/rgb/mAP@0.5', 'tal/flow/mAP@0.5'} <= set(row)
    assert {'diagnostics/stability', 'diagnostics/last_round'} <= set(rows[1])
    labels = json.loads((work_dir / 'clusters' / 'round_2.json').read_text())
    assert labels['num_clusters'] == 3
    assert len(labels['labels']) == 12


def test_testing_repeats_the_validation_and_writes_what_is_asked(cli, default, tmp_path):
    config, _, work_dir = default
    folder = config.parent / 'data'
    args = ['--out', tmp_path / 'r.json', '--dump-attention', tmp_path / 'a', '--show-dir', tmp_path / 's']
    args += ['--baseline', 'whole-video']
    code, _, error = cli('test.py', config, work_dir / 'epoch_2.pth', '--work-dir', tmp_path / 't', *args)
    assert code == 0, error
    (log,) = (tmp_path / 't').glob('*/*.json')
    metrics = json.loads(log.read_text())
    for key, value in rows_of(work_dir)[-1].items():
        if key.startswith('tal/'):
            assert metrics[key] == pytest.approx(value, abs=1e-12)

    scorer = ('analysis_tools/eval_detections.py', folder / 'annotations.json', tmp_path / 'r.json')
    assert cli(*scorer, '--baseline', 'whole-video', '--json', tmp_path / 'scores.json')[0] == 0
    scores = json.loads((tmp_path / 'scores.json').read_text())
    for stream, key in (('', 'mAP'), ('whole-video/', 'whole_video_mAP')):
        for column in ('0.3', '0.5', '0.7', 'avg(0.3:0.7)'):
            assert metrics[f'tal/{stream}mAP@{column}'] == pytest.approx(scores[key]['activitynet'][column], abs=1e-12)

    results = json.loads((tmp_path / 'r.json').read_text())
    assert len(results['results']) == 6
    assert results['external_data']['simulated'] is False
    for detections in results['results'].values():
        for found in detections:
            assert found['label'] in ('class_0', 'class_1', 'class_2')
            assert 0 <= found['segment'][0] < found['segment'][1]
    for name in results['results']:
        dumped = np.load(tmp_path / 'a' / f'{name}.npz', allow_pickle=False)
        length = len(np.load(folder / 'features' / 'rgb' / f'{name}.npy'))
        assert dumped['class_specific_attention'].shape == (length, 3)
        assert dumped['class_agnostic_attention'].shape == (length,)
        assert dumped['class_agnostic_attention'].sum() == pytest.approx(1, abs=1e-5)
        assert dumped['video_scores'].sum() == pytest.approx(1, abs=1e-5)
        assert (tmp_path / 's' / f'{name}.png').stat().st_size > 1000


def test_a_folder_without_annotations(cli, folder, write_config, tmp_path):
    (folder / 'annotations.json').unlink()
    config = write_config(folder, SHORT + WHOLE_FOLDER)
    code, _, error = cli('train.py', config, '--work-dir', tmp_path / 'work')
    assert code == 0, error
    assert [row['round'] for row in rows_of(tmp_path / 'work')] == [1, 2]
    assert not any(key.startswith(('cluster/', 'tal/')) for row in rows_of(tmp_path / 'work') for key in row)
    checkpoint = tmp_path / 'work' / 'epoch_2.pth'
    code, _, error = cli('test.py', config, checkpoint, '--work-dir', tmp_path / 't', '--out', tmp_path / 'r.json')
    assert code == 0, error
    results = json.loads((tmp_path / 'r.json').read_text())['results']
    assert len(results) == 18
    assert any(results.values())
    assert {found['label'] for video in results.values() for found in video} <= {f'cluster_0{c}' for c in range(3)}


def test_weak_supervision_and_other_clusterers(cli, folder, write_config, tmp_path):
    table = {'num_clusters': 3, 'labels': {f'video_{i:03d}': [i % 3] for i in range(18)}}
    (tmp_path / 'labels.json').write_text(json.dumps(table))
    for name, clusterer in (
        ('annotated', "dict(type='AnnotatedLabels')"),
        ('precomputed', f"dict(type='PrecomputedLabels', path='{tmp_path / 'labels.json'}')"),
        ('kmeans', "dict(type='KMeansClusterer')"),
    ):
        extra = f'{SHORT}default_hooks.update(clustering=dict(clusterer=dict(_delete_=True, {clusterer[5:]}))\n'
        config = write_config(folder, extra, name)
        code, _, error = cli('train.py', config, '--work-dir', tmp_path / name)
        assert code == 0, error
        # Labels that are the annotations are no clustering, so there is nothing to measure.
        purity = {'annotated': None, 'precomputed': 1.0}
        if name in purity:
            assert rows_of(tmp_path / name)[0].get('cluster/purity') == purity[name]


def test_very_short_and_very_long_videos(cli, folder, write_config, tmp_path):
    database = json.loads((folder / 'annotations.json').read_text())['database']
    for name, length in (('video_000', 1), ('video_001', 10_000), ('video_012', 1), ('video_013', 10_000)):
        for modality in ('rgb', 'flow'):
            features = np.random.default_rng(0).random((length, 12), dtype=np.float32)
            np.save(folder / 'features' / modality / f'{name}.npy', features)
        database[name]['duration'] = float(length)
        database[name]['annotations'][0]['segment'] = [0.0, 1.0]
    (folder / 'annotations.json').write_text(json.dumps({'database': database}))
    code, _, error = cli('train.py', write_config(folder, SHORT), '--work-dir', tmp_path / 'work')
    assert code == 0, error
    state = torch.load(tmp_path / 'work' / 'epoch_2.pth', weights_only=True)['state_dict']
    assert all(torch.isfinite(tensor).all() for tensor in state.values())


def test_mixed_precision_without_a_gpu(cli, folder, write_config, tmp_path):
    code, _, error = cli('train.py', write_config(folder, SHORT), '--work-dir', tmp_path / 'work', '--amp')
    assert code == 0, error
    assert len(rows_of(tmp_path / 'work')) == 2


@pytest.mark.parametrize(('seed', 'same'), [(0, True), (2, False)])
def test_same_seed_same_numbers_other_seed_other_numbers(seed, same, cli, default, tmp_path):
    config, _, work_dir = default
    code, _, error = cli('train.py', config, '--work-dir', tmp_path / 'again', '--seed', seed)
    assert code == 0, error
    expected, found = weights_of(work_dir), weights_of(tmp_path / 'again')
    assert all(torch.equal(expected[key], found[key]) for key in expected) is same


def test_workers_change_nothing(cli, folder, write_config, tmp_path):
    states = []
    for name, workers in (('none', 0), ('two', 2)):
        extra = SHORT + f"train_dataloader['num_workers'] = {workers}\n"
        extra += f"train_dataloader['persistent_workers'] = {workers > 0}\n"
        # Crops are drawn, so that a stale or shared generator in a worker would show.
        extra += "train_dataloader['dataset']['pipeline'] = [dict(type='LoadSnippetFeatures'), "
        extra += "dict(type='RandomCropSnippets', max_snippets=8), dict(type='PackActionInputs')]\n"
        code, _, error = cli('train.py', write_config(folder, extra, name), '--work-dir', tmp_path / name)
        assert code == 0, error
        states.append(torch.load(tmp_path / name / 'epoch_2.pth', weights_only=True)['state_dict'])
        assert not multiprocessing.active_children()
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])


@pytest.mark.parametrize('reinit', ['all', 'heads', 'none'])
def test_rounds_start_afresh_as_asked(reinit, cli, folder, write_config, tmp_path):
    extra = SHORT + f"default_hooks.update(restart=dict(reinit='{reinit}'), checkpoint=dict(max_keep_ckpts=-1))\n"
    # A learning rate of 0 leaves each round's initial values where they are.
    extra += 'optim_wrapper = dict(optimizer=dict(lr=0.0))\n'
    code, _, error = cli('train.py', write_config(folder, extra), '--work-dir', tmp_path / 'work')
    assert code == 0, error
    first, second = (torch.load(tmp_path / 'work' / f'epoch_{e}.pth', weights_only=True)['state_dict'] for e in (1, 2))
    weights = [name for name in first if name.endswith('weight')]
    renewed = {name for name in weights if not torch.equal(first[name], second[name])}
    heads = {name for name in weights if '_head.' in name}
    # The non-local block ends in a layer that always starts at zero.
    zeros = {name for name in weights if not first[name].any()}
    assert renewed == {'all': set(weights) - zeros, 'heads': heads, 'none': set()}[reinit]
    assert heads
