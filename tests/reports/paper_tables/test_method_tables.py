"""Methods by setting and round, and the methods of a folder beside those of the paper."""

from __future__ import annotations

import pytest

from mmacl.reports.paper_tables import DATA_SETS, averages_of_methods, build_tables
from mmacl.reports.paper_tables.data_sets import CONFIGS, METHODS
from mmacl.reports.paper_tables.methods import find_methods
from mmacl.runs.run_queue import Outcome
from mmacl.utils import InputError

SALADS = """
_base_ = 'BASE'
train_dataloader = dict(dataset=dict(seed=int('{{$MMACL_SALADS_FOLD:fold9}}'[4:])))
"""
METAFILE = """
Collections:
  - Name: W TALC
Models:
  - Name: mine_thumos14_ws
    In Collection: W TALC
    Config: mine_thumos14_ws.py
    Published: {Dataset: THUMOS14, Metrics: {'mAP@0.3': 41.0, 'mAP@0.5': null}}
"""


@pytest.fixture
def folder(tmp_path):
    """A method of the user with configs for simulated videos in both settings."""
    folder = tmp_path / 'mine'
    folder.mkdir()
    for setting in ('us', 'ws'):
        (folder / f'mine_synthetic_{setting}.py').write_text(
            f"_base_ = '{CONFIGS}/acl_synthetic_{setting}.py'\nx = 1\n"
        )
    (folder / '_draft_synthetic_us.py').write_text('')
    (folder / 'metafile.yml').write_text(METAFILE)
    return folder


def test_methods_are_found_by_the_names_of_their_configs(folder):
    acl, mine = find_methods([str(folder), 'acl'], DATA_SETS['synthetic'], ('us', 'ws'))
    assert (acl.name, acl.title, list(acl.configs)) == ('acl', 'ACL', ['us', 'ws'])
    assert acl.published['us'] == {'0.3': 39.6, '0.4': 32.9, '0.5': 25.0, '0.6': 16.7, '0.7': 8.9}
    assert (mine.name, mine.title) == ('mine', 'W TALC')
    assert mine.configs['ws'] == folder / 'mine_synthetic_ws.py'
    assert mine.published == {'us': {}, 'ws': {'0.3': 41.0}}
    assert next(m.name for m in find_methods(['all'], DATA_SETS['synthetic'], ('us',))) == 'acl'
    (only,) = find_methods(['acl'], DATA_SETS['gtea'], ('us', 'ws'))
    assert list(only.configs) == ['ws']


def test_methods_of_one_title_are_told_apart(folder):
    (folder / 'other_synthetic_us.py').write_text('')
    titles = [method.title for method in find_methods([str(folder)], DATA_SETS['synthetic'], ('us',))]
    assert titles == ['W TALC (mine)', 'W TALC (other)']


@pytest.mark.parametrize('wanted', ['nothing', 'anet'])
def test_unknown_methods_and_empty_folders_are_refused(wanted, folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'anet').mkdir()
    with pytest.raises(InputError, match=rf'--methods {wanted}: no .*<method>_synthetic_us.py.*choose from all, acl'):
        find_methods([wanted], DATA_SETS['synthetic'], ('us',))


def test_table_1_has_ours_by_the_papers_name_and_new_methods_below(plan, outcomes, folder):
    found = plan(tables=(1,), methods=[str(folder)])
    ((part,),) = (table['parts'] for table in build_tables(found, outcomes(found))['tables'])
    by_labels = {tuple(row['labels']): row['cells'] for row in part['rows']}
    # W-TALC of the paper; unsupervised it is new.
    assert by_labels['W-TALC', 'weakly supervised'][6:] == [2, 40.1, 31.1, 22.8, None, 7.6]
    assert part['rows'][-1]['labels'] == ['W TALC', 'unsupervised']
    assert len(part['rows']) == 23
    assert by_labels['ACL', 'unsupervised'][:7] == [None] * 7


def test_methods_by_setting_whole_videos_and_rounds(plan, outcomes, folder):
    found = plan(tables=(METHODS,), methods=['acl', str(folder)])
    assert len(found.runs) == 8
    tables = build_tables(found, outcomes(found))
    assert tables['title'] == 'Methods on SyntheticActions-v1 (simulated)'
    settings, whole, rounds, purity = tables['tables'][0]['parts']
    names = [row['labels'] for row in settings['rows']]
    assert names == [[m, s] for m in ('ACL', 'W TALC') for s in ('unsupervised', 'weakly supervised')]
    # The figure of a row is 10 x its place, + 3 rounds (1 with labels), + the seed.
    assert [row['cells'][0]['mean'] for row in settings['rows']] == pytest.approx([3.5, 11.5, 23.5, 31.5])
    assert settings['rows'][0]['cells'][7:] == [39.6, 32.9, 25.0, 16.7, 8.9]
    assert settings['rows'][3]['cells'][7] == 41.0
    assert [row['cells'][0]['mean'] for row in whole['rows']] == [2.0] * 4
    assert whole['rows'][0]['cells'][1:] == [None] * 5 + [2]
    assert [row['labels'] for row in rounds['rows']] == [['ACL'], ['W TALC']]
    first, second, third, gain, gaining = rounds['rows'][0]['cells']
    assert [cell['mean'] for cell in (first, second, third)] == pytest.approx([1.5, 2.5, 3.5])
    assert (gain['mean'], gain['std'], gaining) == (pytest.approx(2.0), pytest.approx(0, abs=1e-9), '2 of 2')
    assert rounds['columns'][3]['header'] == 'last less first (simulated)'
    assert purity['rows'][0]['cells'][-1]['mean'] == 0.125
    for part in (settings, rounds):  # the fixture has mAP@0.3 alone
        part['columns'][0]['header'] = 'average'
    header, (acl, other) = averages_of_methods(tables)
    assert len(header) == 4
    assert acl == ['ACL', '1.5 ± 0.7', '3.5 ± 0.7', '11.5 ± 0.7']
    assert other[0] == 'W TALC'


def test_weak_supervision_alone_has_no_rounds(plan):
    found = plan(tables=(METHODS,), settings=('ws',))
    (table,) = build_tables(found, {})['tables']
    assert [part['title'].split(' (')[0] for part in table['parts']] == ['Methods', 'Whole video']


def test_a_failed_run_is_counted_in_its_row(plan):
    found = plan(tables=(METHODS,), settings=('us',))
    run = found.runs[0]
    (table,) = build_tables(found, {run.key: Outcome(run, None, 'why')})['tables']
    assert table['parts'][0]['rows'][0]['failed'] == 1


def test_runs_score_whole_videos_and_are_known_without(plan):
    run = plan(tables=(METHODS,)).runs[0]
    assert '+val_evaluator.baseline=whole-video' in run.words
    assert 'baseline' not in run.composed.val_evaluator
    assert '+val_evaluator.baseline=whole-video' not in run.options


def test_each_fold_is_a_data_set_of_its_own(plan, tmp_path, monkeypatch):
    monkeypatch.delenv('MMACL_SALADS_FOLD', raising=False)
    (tmp_path / 'mine_salads_us.py').write_text(SALADS.replace('BASE', str(CONFIGS / 'acl_synthetic_us.py')))
    found = plan('salads', methods=[str(tmp_path)])
    assert found.folds == ('fold1', 'fold2', 'fold3')
    assert [(run.seed, run.fold) for run in found.runs] == [(s, f'fold{f}') for s in (0, 1) for f in (1, 2, 3)]
    assert [run.composed.train_dataloader.dataset.seed for run in found.runs] == [1, 2, 3] * 2
    assert len({run.key for run in found.runs}) == 6
    run = found.runs[1]
    assert (str(run), run.sample) == ('mine_salads_us fold2 seed 0', 'fold2/0')
    assert run.work_dir == tmp_path / 'out/mine_salads_us/fold2/seed_0'
    assert run.variables == {'MMACL_SALADS_FOLD': 'fold2'}
    rows = {run.key: Outcome(run, [{'round': 1, 'tal/mAP@0.3': 0.25}]) for run in found.runs[:3]}
    tables = build_tables(found, rows)
    assert tables['folds'] == list(found.folds)
    assert tables['runs'][1]['fold'] == 'fold2'
    cells = tables['tables'][0]['parts'][0]['rows'][0]['cells']
    assert cells[0]['values'] == {'fold1/0': 25.0, 'fold2/0': 25.0, 'fold3/0': 25.0}
    assert cells[6] == 3
    assert [run.fold for run in plan('salads', methods=[str(tmp_path)], folds=['fold3']).runs] == ['fold3'] * 2
    with pytest.raises(InputError, match=r'--folds fold4: salads has no such fold; choose from fold1'):
        plan('salads', methods=[str(tmp_path)], folds=['fold4'])
    with pytest.raises(InputError, match=r'--folds fold1: synthetic has no such fold; leave it out'):
        plan(folds=['fold1'])
