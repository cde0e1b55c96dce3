"""The attention of finished trainings against the truth."""

from __future__ import annotations

import json

import pytest

from mmacl.apis import RunRecord
from mmacl.evaluation.functional import attention_auc, effective_share, snippets_in_action
from tests.reports.page.written_run import write_run

TOOL = 'analysis_tools/attention_quality.py'


def test_means_over_videos_and_seeds(cli, tmp_path):
    runs = [write_run(tmp_path / str(seed), num_val=number, rounds=2) for seed, number in ((0, 4), (1, 6))]
    code, output, error = cli(TOOL, *runs, '--json', tmp_path / 'f.json')
    assert code == 0, error
    assert 'AUC of S' in output
    found = json.loads((tmp_path / 'f.json').read_text())
    assert [row['round'] for row in found['rounds']] == [1, 2]

    means = []
    for run in runs:
        record = RunRecord(run)
        aucs, shares = [], []
        for video, curve in record.attention(2).items():
            segments = record.truth_of[video].segments
            action = snippets_in_action(len(curve.class_agnostic), curve.snippet_duration, curve.offset, segments)
            if 0 < action.sum() < len(action):
                aucs.append(attention_auc(curve.class_agnostic, action))
                shares.append(effective_share(curve.class_agnostic))
        means.append((sum(aucs) / len(aucs), sum(shares) / len(shares)))
    row = found['rounds'][1]
    assert row['auc_agnostic']['mean'] == pytest.approx((means[0][0] + means[1][0]) / 2)
    assert row['share_agnostic']['mean'] == pytest.approx((means[0][1] + means[1][1]) / 2)
    assert row['auc_agnostic']['std'] == pytest.approx(abs(means[0][0] - means[1][0]) / 2**0.5)


@pytest.mark.parametrize('simulated', [True, False])
def test_simulated_videos_are_called_so(cli, tmp_path, simulated):
    run = write_run(tmp_path / 'run', num_val=2, simulated=simulated)
    code, output, _ = cli(TOOL, run)
    assert code == 0
    assert ('simulated' in output) is simulated


def test_without_annotations_there_is_nothing_to_measure(cli, tmp_path):
    run = write_run(tmp_path / 'run', num_val=2)
    (run / 'records' / 'ground_truth.json').unlink()
    code, _, error = cli(TOOL, run)
    assert code == 2
    assert error.count('\n') == 1
    assert 'no validation video has annotated action' in error


def test_without_s_its_figures_are_left_out(cli, tmp_path):
    run, other = write_run(tmp_path / 'run', num_val=3, agnostic=False), write_run(tmp_path / 'other', num_val=3)
    code, output, error = cli(TOOL, run, '--json', tmp_path / 'f.json')
    assert code == 0, error
    assert 'no figures of S: the method has no class-agnostic attention' in output
    assert 'AUC of S' not in output
    (row, _) = json.loads((tmp_path / 'f.json').read_text())['rounds']
    assert set(row) == {'round', 'runs', 'videos', 'auc_specific', 'action'}
    code, _, error = cli(TOOL, other, run)
    assert (code, error.count('\n')) == (2, 1)
    assert f'{run}: records no class-agnostic attention, unlike the others' in error
