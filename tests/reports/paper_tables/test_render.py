"""Markdown of the tables."""

from __future__ import annotations

import copy
import json

import pytest

from mmacl.reports.paper_tables import build_tables, render_markdown
from mmacl.runs.run_queue import Outcome


@pytest.fixture
def tables(plan, outcomes):
    found = plan()
    return build_tables(found, outcomes(found))


def rows_below(text: str, title: str) -> list[list[str]]:
    block = text[text.index(title) :].split('\n\n')[1]
    return [[cell.strip() for cell in line.strip('|').split('|')] for line in block.splitlines()]


def test_cells(tables):
    text = render_markdown(tables)
    rows = rows_below(text, '## Table 5 (simulated): variants')
    assert rows[0][:3] == ['model', 'mAP (%), average 0.3:0.7 (simulated)', 'purity (simulated)']
    assert rows[1] == ['---', '---:', '---:', '---:', '---:']
    # Two models come before it: seeds 0 and 1 have mAP 23 and 24, purity 0.115 and 0.120.
    assert rows[2] == ['Conv1D + L_cls', '23.50 ± 0.71', '0.117 ± 0.004', '2', '21.39']
    assert rows_below(text, 'differences of mAP (%)')[3][1:4] == ['+10.00 ± 0.00'] * 3
    assert rows_below(text, '## Table 3')[2][5:] == ['0.645', '0.445', '0.726']
    assert rows_below(text, '## Table 1')[2][:2] == ['SLM-mgram', 'fully supervised']
    assert rows_below(text, '## Table 1')[2][8:] == ['–', '30.0', '23.2', '15.2', '–', '–']


def test_every_line_of_a_table_has_as_many_cells_as_its_header(tables):
    widths = [
        {line.count('|') for line in block.splitlines() if line.startswith('|')}
        for block in render_markdown(tables).split('\n\n')
    ]
    assert all(len(width) <= 1 for width in widths)


def test_the_introduction_says_what_is_what(tables, plan):
    text = render_markdown(tables)
    assert text.startswith('# Tables of the paper on SyntheticActions-v1 (simulated)\n')
    for words in (
        '**All our figures on this page are simulated**',
        'seeds 0, 1',
        '`activitynet`',
        'not measured here',
    ):
        assert words in text
    assert 'Not complete' not in text
    real = render_markdown(build_tables(plan('gtea'), {}))
    assert 'simulated' not in real
    assert 'Published' not in real
    assert '**Not complete**: 2 of 2 trainings have not run yet.' in real


def test_one_seed_has_no_deviation_and_a_missing_one_is_counted(plan):
    found = plan(tables=(3,))
    row = {'round': 1, 'cluster/purity': 0.5, 'cluster/ari': 0.5, 'cluster/nmi': 0.5, 'simulated': True}
    text = render_markdown(build_tables(found, {found.runs[0].key: Outcome(found.runs[0], [row])}))
    assert rows_below(text, '## Table 3')[2][:5] == ['1', '0.500', '0.500', '0.500', '1 of 2']
    assert rows_below(text, '## Table 3')[3][:5] == ['2', '–', '–', '–', '0 of 2']


def test_failures_are_one_line_below_the_table(plan):
    found = plan(tables=(3,))
    text = render_markdown(build_tables(found, {found.runs[1].key: Outcome(found.runs[1], None, 'out of\nmemory')}))
    assert '**1 of 2 trainings failed**' in text
    assert '- acl_synthetic_us seed 1 failed: out of memory\n' in text


def test_a_bar_in_a_label_is_no_border(tables):
    tables = copy.deepcopy(tables)
    tables['tables'][-1]['parts'][0]['rows'][0]['labels'] = ['a | b']
    assert '| a \\| b |' in render_markdown(tables)


def test_it_can_be_a_section_of_another_page_and_comes_from_the_file_alone(tables):
    text = render_markdown(json.loads(json.dumps(tables)), heading=2)
    assert text.startswith('## Tables')
    assert '\n### Table 1 (simulated)' in text
    assert text.endswith('\n')
    assert '\n\n\n' not in text
