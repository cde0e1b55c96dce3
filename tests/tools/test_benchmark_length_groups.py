"""The benchmark of length groups asks the model whether it has them."""

from __future__ import annotations

import json

TOOL = 'maintenance/benchmark_length_groups.py'
OTHER = (
    "model = dict(_delete_=True, type='EarlyFusionLocalizer', in_channels=dict(rgb=4, flow=4), num_clusters=3)\n"
    "custom_imports = dict(imports=['tests.models.localizers.early_fusion_localizer'])\n"
)


def test_groups_are_timed_against_one(cli, folder, write_config, tmp_path):
    sizes = ('--videos', 4, '--longest', 30, '--steps', 1, '--groups', 2)
    code, _, error = cli(TOOL, write_config(folder), *sizes, '--json', tmp_path / 'f.json')
    assert code == 0, error
    assert json.loads((tmp_path / 'f.json').read_text())['ratio'] > 0


def test_a_method_without_them_is_refused(cli, folder, write_config):
    code, _, error = cli(TOOL, write_config(folder, OTHER))
    assert (code, error.count('\n')) == (2, 1), error
    assert 'EarlyFusionLocalizer computes a batch in one part' in error
