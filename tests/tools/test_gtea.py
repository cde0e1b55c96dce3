"""Real features with real labels reach their table."""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_gtea_reaches_its_map_table(cli, shared_data, monkeypatch, tmp_path):
    monkeypatch.setenv('MMACL_GTEA_ROOT', str(shared_data / 'gtea'))
    options = ['--cfg-options', 'train_cfg.epochs_per_round=1', 'train_dataloader.batch_sampler.num_batches=10']
    config = ROOT / 'configs/acl/acl_gtea_ws.py'
    code, output, error = cli('train.py', config, '--work-dir', tmp_path, *options)
    assert code == 0, error
    assert 'Localization by round' in output
    assert 'simulated' not in output
    (log,) = tmp_path.glob('*/vis_data/scalars.json')
    (row,) = (row for line in log.read_text().splitlines() if 'round' in (row := json.loads(line)))
    assert 0 < row['tal/mAP@0.1'] < 1
