"""The tool that shows what the generator was calibrated on."""

import importlib.util
import json

import numpy as np
import pytest

from mmacl.datasets import SyntheticActions

TOOL = 'maintenance/probe_synthetic.py'


@pytest.fixture(scope='module')
def tool(root):
    spec = importlib.util.spec_from_file_location('probe_synthetic', root / 'tools' / TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_labels_are_those_at_the_centres_of_snippets(tool):
    dataset = SyntheticActions(num_videos=20, feature_dim=1)
    for index in range(20):
        record, labels = dataset.record(index), tool.snippet_labels(dataset, index)
        for t, label in enumerate(labels):
            centre = (t + 0.5) * 0.64
            names = [n for (s, e), n in zip(record.segments, record.labels, strict=True) if s <= centre < e]
            # The first of two is the special one.
            assert label == (dataset.metainfo['classes'].index(names[0]) if names else -1)


def test_context_repeats_the_ends(tool):
    features = np.arange(3.0)[:, None]
    np.testing.assert_array_equal(tool.with_context(features, 1), [[0, 0, 1], [0, 1, 2], [1, 2, 2]])
    np.testing.assert_array_equal(tool.with_context(features, 0), features)


def test_components_keep_all_there_is_in_narrow_features(tool):
    train = [np.random.default_rng(0).standard_normal((50, 4)).astype(np.float32) * [1, 2, 3, 4]]
    rotated, same = tool.principal_components(train, train)
    spread = (train[0] - train[0].mean(axis=0)) / train[0].std(axis=0)
    np.testing.assert_allclose((rotated[0] ** 2).sum(axis=1), (spread**2).sum(axis=1), rtol=1e-3)
    np.testing.assert_array_equal(rotated[0], same[0])


def test_a_target_is_met_by_every_seed_or_not_at_all(tool):
    assert tool.is_met('round-1 purity', [0.60, 0.75])
    assert not tool.is_met('round-1 purity', [0.65, 0.76])
    assert not tool.is_met('gain from context', [0.2, 0.04])
    assert not tool.is_met('foreground AUC', [float('nan')])


def test_seed_0_meets_every_target(cli, tool, tmp_path):
    code, out, _ = cli(TOOL, '--seeds', 0, '--json', tmp_path / 'probes.json')
    assert code == 0
    assert 'SyntheticActions-v1, simulated' in out
    assert 'THUMOS14' in out
    found = json.loads((tmp_path / 'probes.json').read_text())
    assert found['simulated'] is True
    assert set(found['targets']) == set(tool.TARGETS)
    for target in found['targets'].values():
        assert target['met']
        assert all(target['least'] <= value <= target['most'] for value in target['values'])
    # The streams know different things: together they know more than either alone.
    for name in ('class accuracy', 'foreground AUC', 'round-1 purity'):
        alone = max(found['probes'][f'{name}, {modality} alone'][0] for modality in ('rgb', 'flow'))
        assert found['probes'][name][0] > alone


def test_a_missed_target_is_named_and_exits_with_1(cli, tool, monkeypatch):
    # One feature a stream carries next to nothing.
    code, out, _ = cli(TOOL, '--seeds', 0, '--feature-dim', 1)
    assert code == 1
    assert 'targets missed: round-1 purity' in out


def test_a_mistake_exits_with_2_in_one_line(cli):
    code, _, err = cli(TOOL, '--seeds', -1)
    assert code == 2
    assert err == 'error: SyntheticActions: seed=-1 must be an integer, 0 or more\n'
