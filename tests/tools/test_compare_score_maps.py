"""The same attention through every score map."""

from __future__ import annotations

import json

import pytest

from mmacl.localization.score_map import MODES
from mmacl.runs.run_record import RunRecord

TOOL = 'analysis_tools/compare_score_maps.py'


def test_the_map_of_the_config_scores_as_the_training_did(cli, folder, write_config, tmp_path):
    config = write_config(folder, 'train_cfg = dict(num_rounds=1, epochs_per_round=2)\n')
    code, _, error = cli('train.py', config, '--work-dir', tmp_path / 'run')
    assert code == 0, error
    checkpoint = tmp_path / 'run' / 'epoch_2.pth'

    code, output, error = cli(TOOL, config, checkpoint, '--tiou', 0.3, 0.5, '--json', tmp_path / 'maps.json')
    assert code == 0, error
    found = json.loads((tmp_path / 'maps.json').read_text())
    assert list(found['mAP']) == list(MODES)
    assert all(mode in output for mode in MODES)
    row = RunRecord(tmp_path / 'run').rows[-1]
    assert found['mAP']['none'] == [pytest.approx([row['tal/mAP@0.3'], row['tal/mAP@0.5']])]
    assert found['mAP']['time_softmax'] != found['mAP']['none']

    for arguments, named in (
        (('--modes', 'none', 'cubic'), '--modes cubic: is not a score map'),
        (('--json', tmp_path), 'it is a folder'),
    ):
        code, _, error = cli(TOOL, config, checkpoint, *arguments)
        assert (code, error.count('\n')) == (2, 1), error
        assert named in error


def test_a_post_processor_without_a_score_map_is_refused(cli, folder, write_config, tmp_path):
    for number, change in enumerate(('None', 'dict(_delete_=True, type="TemporalNMS")')):
        config = write_config(folder, f'model.update(post_processor={change})\n', f'config_{number}')
        code, _, error = cli(TOOL, config, tmp_path / 'no.pth')
        assert (code, error.count('\n')) == (2, 1), error
        assert 'maps no scores by a ScoreMap' in error


def test_the_score_map_that_a_config_does_not_name_is_that_of_the_paper(cli, folder, write_config, tmp_path):
    extra = 'model.update(post_processor=dict(_delete_=True, type="ActionPostProcessor"))\n'
    config = write_config(folder, 'train_cfg = dict(num_rounds=1, epochs_per_round=1)\n' + extra)
    assert cli('train.py', config, '--work-dir', tmp_path / 'run')[0] == 0
    code, _, error = cli(
        TOOL, config, tmp_path / 'run/epoch_1.pth', '--modes', 'none', 'minmax', '--json', tmp_path / 'f.json'
    )
    assert code == 0, error
    found = json.loads((tmp_path / 'f.json').read_text())
    assert found['mAP']['none'][0][0] == pytest.approx(RunRecord(tmp_path / 'run').rows[-1]['tal/mAP@0.3'])


def test_a_method_that_finds_and_scores_segments_itself_is_refused(cli, folder, write_config, tmp_path):
    extra = (
        "model = dict(_delete_=True, type='AutoLoc', in_channels=dict(rgb=12, flow=12), num_clusters=3, "
        "post_processor=dict(type='ActionPostProcessor', proposal_scores='given'))\n"
        'train_cfg = dict(num_rounds=1, epochs_per_round=1)\n'
    )
    config = write_config(folder, extra)
    code, _, error = cli('train.py', config, '--work-dir', tmp_path / 'run')
    assert code == 0, error
    code, _, error = cli(TOOL, config, tmp_path / 'run/epoch_1.pth', '--modes', 'none')
    assert (code, error.count('\n')) == (2, 1), error
    assert 'its method finds and scores segments itself' in error
