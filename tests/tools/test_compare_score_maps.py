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
