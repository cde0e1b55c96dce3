"""The benchmark of training steps, at a small size."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

TOOL = 'maintenance/benchmark_methods.py'
ROOT = Path(__file__).resolve().parents[2]


def test_a_method_is_timed_beside_acl(cli, tmp_path):
    mine = tmp_path / 'mine'
    mine.mkdir()
    (mine / 'quick_synthetic_ws.py').write_text(
        f"_base_ = '{ROOT}/configs/acl/acl_synthetic_ws.py'\n"
        "model = dict(_delete_=True, type='EarlyFusionLocalizer', in_channels=dict(rgb=128, flow=128), "
        'num_clusters=20)\n'
        "custom_imports = dict(imports=['tests.models.localizers.early_fusion_localizer'])\n"
    )
    words = ('--methods', mine, '--steps', 2, '--turns', 1)
    code, output, error = cli(TOOL, *words, '--json', tmp_path / 'f.json')
    assert code == 0, error
    assert 'one thread' in output
    found = json.loads((tmp_path / 'f.json').read_text())
    assert list(found['methods']) == ['ACL', 'quick']
    acl, quick = found['methods'].values()
    assert acl['ratio'] == 1
    assert quick['ratio'] == pytest.approx(quick['milliseconds'] / acl['milliseconds'])
    assert quick['ratio'] < 1
    assert found['simulated']
