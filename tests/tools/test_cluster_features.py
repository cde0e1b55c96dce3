"""Clusters without training are those that a training would have."""

from __future__ import annotations

import json

import pytest


def test_clusters_are_those_of_the_rounds_of_a_training(cli, folder, write_config, tmp_path):
    config, work = write_config(folder, 'train_cfg = dict(num_rounds=2, epochs_per_round=1)\n'), tmp_path / 'work'
    code, _, error = cli('train.py', config, '--work-dir', work)
    assert code == 0, error
    for round_, words in ((1, ()), (2, ('--checkpoint', work / 'epoch_1.pth'))):
        labels, figures = tmp_path / 'labels.json', tmp_path / 'figures.json'
        code, out, error = cli('cluster_features.py', config, *words, '--labels', labels, '--json', figures)
        assert code == 0, error
        assert labels.read_bytes() == (work / 'clusters' / f'round_{round_}.json').read_bytes()
        found = json.loads(figures.read_text())
        assert f'| {found["purity"]:.3f} |' in out
        assert found['videos'] == 12


def test_attention_on_annotated_action_finds_the_actions(cli, folder, write_config, tmp_path):
    code, out, error = cli('cluster_features.py', write_config(folder), '--ground-truth-attention')
    assert code == 0, error
    assert 'Clustering, ground truth attention' in out
    assert '1.000' in out


def test_empty_clusters_are_named(cli, make_folder, write_config, tmp_path):
    folder = make_folder(tmp_path / 'data')
    first = (folder / 'features/rgb/video_000.npy').read_bytes(), (folder / 'features/flow/video_000.npy').read_bytes()
    for index in range(12):
        for modality, content in zip(('rgb', 'flow'), first, strict=True):
            (folder / 'features' / modality / f'video_{index:03d}.npy').write_bytes(content)
    annotations = json.loads((folder / 'annotations.json').read_text())
    length = annotations['database']['video_000']['duration']
    for entry in annotations['database'].values():
        entry.update(duration=length, annotations=[{**entry['annotations'][0], 'segment': [0.0, 1.0]}])
    (folder / 'annotations.json').write_text(json.dumps(annotations))
    code, out, error = cli('cluster_features.py', write_config(folder), '--json', tmp_path / 'f.json')
    assert code == 0, error
    assert '2 clusters are empty: 1, 2' in out
    assert json.loads((tmp_path / 'f.json').read_text())['empty_clusters'] == [1, 2]


@pytest.mark.parametrize(
    ('words', 'message'),
    [
        (('--json', '/proc/f.json'), 'error: /proc/f.json: cannot be written'),
        (('--cfg-options', 'default_hooks.clustering.clusterer={"type":"AnnotatedLabels"}'), 'nothing is clustered'),
    ],
)
def test_mistakes_are_one_line(words, message, cli, folder, write_config):
    code, _, error = cli('cluster_features.py', write_config(folder), *words)
    assert code == 2
    assert message in error
    assert len(error.splitlines()) == 1
