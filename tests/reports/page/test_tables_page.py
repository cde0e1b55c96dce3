"""Tables of methods as a page, and on the page of a run that is one of theirs."""

from __future__ import annotations

import json

import pytest

from mmacl.apis import RunRecord
from mmacl.reports.page import build_report, render_tables_page
from mmacl.reports.page.tables_page import method_tables_beside
from tests.reports.page.test_build_report import Page
from tests.reports.page.written_run import write_run

TABLES = {
    'title': 'Methods on <videos>',
    'simulated': False,
    'seeds': [0, 1],
    'folds': ['fold1', 'fold2'],
    'options': [],
    'protocol': 'activitynet',
    'best_on_test': False,
    'mmacl': '0',
    'runs': [],
    'tables': [
        {
            'number': 'methods',
            'parts': [
                {
                    'title': 'Methods: mAP',
                    'labels': ['method', 'setting'],
                    'columns': [
                        {'header': '0.3 (measured)', 'source': 'measured', 'digits': 2},
                        {'header': 'runs (measured)', 'source': 'measured', 'digits': 0},
                        {'header': '0.3 (published)', 'source': 'published', 'digits': 1},
                    ],
                    'rows': [
                        {'labels': ['A & B', 'unsupervised'], 'cells': [{'mean': 5.0, 'std': 1.0}, 3, 7.0], 'failed': 1}
                    ],
                    'notes': ['b seed 1 failed: no memory'],
                }
            ],
        }
    ],
}


def test_the_page_has_every_cell_and_loads_nothing():
    text = render_tables_page(TABLES)
    page = Page(text)
    assert not page.wrong
    assert page.all('h1')
    assert not page.all('script')
    assert "default-src 'none'" in page.all('meta')[1]['content']
    assert page.text('h1') == 'Methods on <videos>'
    assert page.text('th') == 'method setting 0.3 (measured) runs (measured) 0.3 (published) A & B'
    assert page.text('td') == 'unsupervised (1 failed) 5.00 ± 1.00 3 of 4 7.0'
    assert 'folds fold1, fold2, each a data set of its own' in page.words
    assert 'no memory' in page.words
    assert '**' not in page.words


@pytest.mark.parametrize('place', ['acl_us/seed_0', 'acl_us/fold1/seed_0'])
def test_the_report_of_a_run_shows_the_table_that_it_is_in(blank_pictures, tmp_path, place):
    record = RunRecord(write_run(tmp_path / place, num_val=2))
    assert 'Methods beside this run' not in build_report(record)
    (tmp_path / 'tables.json').write_text(json.dumps(TABLES))
    page = Page(build_report(record))
    assert 'Methods beside this run' in page.text('h2')
    assert 'A & B' in page.words
    assert 'no memory' in page.words


@pytest.mark.parametrize('text', ['{', '[]', '{"tables": [{"number": 3, "parts": []}]}', '{"tables": [{}]}'])
def test_other_files_of_that_name_are_left_alone(tmp_path, text):
    (tmp_path / 'tables.json').write_text(text)
    assert method_tables_beside(tmp_path / 'acl_us' / 'seed_0') is None
