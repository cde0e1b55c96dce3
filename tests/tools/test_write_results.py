"""The figures in the documents are those of recorded runs, and a change of either is noticed."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from mmacl.reports.paper_tables import read_published
from mmacl.utils import InputError
from tests.reports.page.test_tables_page import TABLES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tool(monkeypatch):
    """The tool as a module, asked with given words."""
    spec = importlib.util.spec_from_file_location('write_results', ROOT / 'tools/maintenance/write_results.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def ask(*words: str) -> int:
        monkeypatch.setattr(sys, 'argv', ['write_results.py', *words])
        try:
            module.main()
        except SystemExit as end:
            return end.code
        return 0

    module.ask = ask
    return module


def test_the_documents_hold_the_recorded_figures(tool):
    assert tool.ask('--check') == 0


def test_a_figure_that_was_typed_is_noticed_and_written_anew(tool, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(tool, 'ROOT', tmp_path)
    page = tmp_path / 'results.md'
    whole = (ROOT / 'docs/en/results.md').read_text()
    figure = tool.by_round().splitlines()[2].split(' | ')[1]
    assert whole.count(figure) >= 1
    page.write_text(whole.replace(figure, '0.999 ± 0.001'))
    monkeypatch.setattr(tool, 'PAGES', (page,))
    assert tool.ask('--check') == 1
    assert 'results.md' in capsys.readouterr().out
    assert '0.999 ± 0.001' in page.read_text()
    assert tool.ask() == 0
    assert page.read_text() == whole


def test_a_benchmark_that_was_not_recorded_says_so(tool, monkeypatch, tmp_path):
    monkeypatch.setattr(tool, 'RECORDS', tmp_path)
    assert tool.benchmark('benchmark_gpu_thumos14', 'step') == 'Not recorded yet.'
    run = {'s': 12.3, 'load before': 0.1, 'load after': 1.0}
    found = {'machine': {'cores': 2}, 'limits': {'disk GB/s': 1.5}, 'runs': {'step': run}}
    found['topics'] = {'step': {'a step': [{'way': 'float32', 'ms': 1.0}]}}
    (tmp_path / 'benchmark_gpu_thumos14.json').write_text(json.dumps(found))
    assert tool.benchmark('benchmark_gpu_thumos14', 'load') == 'Not recorded yet.'
    assert tool.benchmark('benchmark_gpu_thumos14', 'machine').endswith('| cores | 2 |\n| disk GB/s | 1.5 |')
    text = tool.benchmark('benchmark_gpu_thumos14', 'step')
    assert text.startswith('Simulated; 12 s in all; load of the machine before and after: 0.1 and 1.0.')
    assert text.endswith('| way | ms |\n| --- | --- |\n| float32 | 1 |')


def test_an_unknown_marker_is_refused(tool, tmp_path):
    with pytest.raises(InputError, match="'tabel5' are not known"):
        tool.fill('<!-- figures: tabel5 -->\n<!-- end of figures -->', tmp_path / 'page.md')


def test_means_and_deviations_are_those_of_the_rows(tool):
    runs = json.loads((ROOT / 'docs/records/simulated_runs.json').read_text())
    key = 'tal/mAP@avg(0.3:0.7)'
    full, base = (
        np.array([runs[config]['rows'][str(seed)][-1][key] for seed in runs[config]['seeds']])
        for config in ('acl_synthetic_us', 'acl_synthetic_us_cls')
    )
    difference = 100 * (full - base)
    assert all(
        line.split(' | ')[-1] == f'{row["values"][0]:.2f} |'
        for line, row in zip(tool.table5().splitlines()[2:], read_published()[5].rows, strict=True)
    )
    row = next(line for line in tool.table5().splitlines() if 'L_abs + L_trip' in line)
    assert f'| {100 * full.mean():.2f} ± {100 * full.std(ddof=1):.2f} |' in row
    assert f'| {difference.mean():+.2f} ± {difference.std(ddof=1):.2f} |' in row
    # Whatever comes from simulated videos says so.
    assert all('simulated' in table().splitlines()[0] for table in (tool.table5, tool.attention, tool.probes))
    assert 'simulated' in tool.SECTIONS['losses_simulated']()
    assert 'simulated' not in tool.SECTIONS['losses_gtea']()
    assert tool.readme().count('**simulated**') == 4


def test_whole_videos_and_chance_are_rows_where_they_were_recorded(tool, monkeypatch):
    plain = {name: tool.SECTIONS[name]() for name in ('by_round', 'weak', 'readme')}
    assert not any('whole videos' in text or 'chance' in text for text in plain.values())
    recorded = tool.record

    def record(name):
        found = recorded(name)
        for run in found.values() if name == 'simulated_runs' else ():
            for row in run['rounds']:
                half = {key.replace('tal/', 'tal/whole-video/'): value for key, value in row.items() if 'l/mAP' in key}
                row |= half | {f'chance/{key}': {'mean': 0.125, 'std': 0.5} for key in ('purity', 'nmi', 'ari')}
        return found

    monkeypatch.setattr(tool, 'record', record)
    lines = tool.by_round().splitlines()
    assert [line.split('|')[1].strip() for line in lines[-4:]] == ['3', 'whole videos', 'chance', 'ceiling']
    assert lines[-3].split('|')[5:] == lines[-4].split('|')[5:]
    assert lines[-2].split('|')[2:5] == [' 0.125 ± 0.500 '] * 3
    names = [line.split('|')[1].strip() for line in tool.weak().splitlines()[2:]]
    assert names == [
        'one round',
        'one round, whole videos',
        'unsupervised, round 3',
        'unsupervised, round 3, whole videos',
    ]
    assert tool.readme().count('whole videos as segments | **simulated** |') == 2


def test_tables_of_methods_are_a_section_once_they_are_recorded(tool, monkeypatch, tmp_path):
    monkeypatch.setattr(tool, 'RECORDS', tmp_path)
    assert tool.SECTIONS['methods_salads']() == 'Not recorded yet.'
    (tmp_path / 'methods_salads.json').write_text(json.dumps(TABLES))
    assert tool.SECTIONS['methods_salads']().startswith('### Methods on <videos>')
    assert '#### Methods: mAP' in tool.SECTIONS['methods_salads']()
