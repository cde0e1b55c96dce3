"""Stable rounds (configs/acl_plus) beside the rounds of the paper.

``docs/records/stable_rounds.json`` holds the comparison, ``docs/records/stable_rounds_trials.json`` the trials: by the
name of the trial and of the config, ``rows`` by seed, cut to the figures that are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any

from mmacl.reports.compare_rounds import FIGURES, Rows, Table, compare_rounds, difference, mean_cell, shared_seeds

LOCALIZERS = {'acl': 'ACL', 'um': 'UM', 'cola': 'CoLA'}
PURITY, AVERAGE = FIGURES[0], FIGURES[-1]
#: What is wrong or hard in a trial, by its name.
HARDSHIPS = {
    'default': 'the default: 20 classes, 20 clusters',
    'C10': 'C = 10 clusters',
    'C40': 'C = 40 clusters',
    'imbalance10': 'classes of unequal frequency (`imbalance=10`)',
    'two_class50': 'half of the videos show a second class',
    'no_action10': '10 % of the videos without any action',
    'no_action30': '30 % of the videos without any action',
}
ABLATIONS = {
    '': 'UM+',
    'uniform': 'uniform weights in round 1 (Eq. 2), nothing chosen',
    'as_is': 'attention as it is in later rounds, nothing chosen',
    'not_centred': 'features not centred',
    'consensus': 'uniform, as it is, not centred: the consensus alone',
    'single': 'one clustering in place of the consensus',
}
#: Keys of ``default_hooks.clustering``, and the value that is frozen.
SENSITIVITY = {
    'pooling.margin': '0.02',
    'clusterer.num_runs': '20',
    'clusterer.parts.2.cluster_share': '2/3',
    'pooling.transform.0.share': '0.5',
    'pooling.initial.3.power': '4',
}


def stable_rounds(record: Mapping[str, Any]) -> Table:
    """Compare stable rounds with the rounds of the paper, around each localizer."""
    pairs = [(f'{method}_synthetic_us', f'{method}_plus_synthetic_us') for method in LOCALIZERS]
    titles = [(title, f'{title}+') for title in LOCALIZERS.values()]
    names = dict(zip(chain(*pairs), chain(*titles), strict=True))
    return compare_rounds(record, pairs, names)


def in_short(record: Mapping[str, Any]) -> Table:
    """Purity and the average mAP of the first and the last round of :func:`stable_rounds`."""
    table = []
    for title, base, ours, seeds in _pairs(record, 'synthetic'):
        table += [[title, *_short(base, seeds)], [f'{title}+', *_short(ours, seeds)]]
    return _short_header(), table


def ablation(trials: Mapping[str, Any]) -> Table:
    """UM+ without each of its parts."""
    runs = trials['ablations']
    base = runs['um_plus_synthetic_us']['rows']
    table = []
    for ending, title in ABLATIONS.items():
        rows = runs['_'.join(filter(None, ('um_plus_synthetic_us', ending)))]['rows']
        seeds = shared_seeds(base, rows)
        less = _paired(base, rows, seeds) if ending else ['', '']
        table.append([title, *_short(rows, seeds), *less])
    return [*_short_header(), 'purity less UM+', 'average mAP less UM+'], table


def hardships(trials: Mapping[str, Any], comparison: Mapping[str, Any]) -> Table:
    """UM and UM+ where something is wrong or hard."""
    table = []
    for name, title in HARDSHIPS.items():
        runs = comparison if name == 'default' else trials[name]
        base, ours = (runs[f'{method}_synthetic_us']['rows'] for method in ('um', 'um_plus'))
        seeds = shared_seeds(base, ours)
        if name == 'default':  # the data sets of the others
            tried = (trials[other]['um_synthetic_us']['rows'] for other in HARDSHIPS if other != 'default')
            seeds = shared_seeds(base, ours, *tried)
        cells = [mean_cell(of, seeds, figure) for figure in (PURITY, AVERAGE) for of in (base, ours)]
        table.append([title, str(len(seeds)), *cells, *_paired(base, ours, seeds)])
    titles = [f'{figure}, {method}' for figure in ('purity', 'average mAP') for method in ('UM', 'UM+')]
    return ['', 'data sets', *titles, 'purity, paired', 'average mAP, paired'], table


def sensitivity(trials: Mapping[str, Any]) -> Table:
    """UM+ with each number about halved and doubled."""
    base = trials['ablations']['um_plus_synthetic_us']['rows']
    table = []
    for name in sorted(name for name in trials if name.startswith('sensitivity: ')):
        key, _, value = name.removeprefix('sensitivity: default_hooks.clustering.').partition('=')
        rows = trials[name]['um_plus_synthetic_us']['rows']
        seeds = shared_seeds(base, rows)
        table.append([f'`{key}`', SENSITIVITY[key], value, *_short(rows, seeds), *_paired(base, rows, seeds)])
    return ['', 'frozen', 'here', *_short_header()[1:], 'purity less UM+', 'average mAP less UM+'], table


def real_data(trials: Mapping[str, Any], data: str) -> Table:
    """The short table of a trial on real data, ``'salads'`` or ``'gtea'``, and the paired differences."""
    table = []
    for title, base, ours, seeds in _pairs(trials[data], data):
        table.append([title, *_short(base, seeds), '', ''])
        table.append([f'{title}+', *_short(ours, seeds), *_paired(base, ours, seeds)])
    return [*_short_header('runs'), 'purity, paired', 'average mAP, paired'], table


def _pairs(runs: Mapping[str, Any], data: str) -> Iterator[tuple[str, Rows, Rows, list[str]]]:
    """The name of each localizer, its runs by the rounds of the paper and by ours, and the seeds that both have."""
    for method, title in LOCALIZERS.items():
        # On GTEA, the rounds of the paper are a variant of ours.
        names = [f'{method}_{data}_us', f'{method}_plus_{data}_us_paper']
        base: Rows = next((runs[name]['rows'] for name in names if name in runs), {})
        ours = runs.get(f'{method}_plus_{data}_us', {}).get('rows', {})
        if seeds := shared_seeds(base, ours):
            yield title, base, ours, seeds


def _paired(base: Rows, rows: Rows, seeds: list[str]) -> list[str]:
    return [difference(base, rows, seeds, figure) for figure in (PURITY, AVERAGE)]


def _short_header(seeds: str = 'seeds') -> list[str]:
    names = ['purity, first round', 'average mAP, first round', 'purity, last round', 'average mAP, last round']
    return ['', seeds, *names]


def _short(rows: Rows, seeds: list[str]) -> list[str]:
    return [
        str(len(seeds)),
        *(mean_cell(rows, seeds, figure, number) for number in (0, -1) for figure in (PURITY, AVERAGE)),
    ]


_COMPARISON, _TRIALS = 'stable_rounds', 'stable_rounds_trials'
TABLES: dict[str, Callable[[Callable[[str], Any]], Table]] = {
    'stable_rounds': lambda record: stable_rounds(record(_COMPARISON)),
    'stable_rounds_in_short': lambda record: in_short(record(_COMPARISON)),
    'stable_rounds_ablation': lambda record: ablation(record(_TRIALS)),
    'stable_rounds_hardships': lambda record: hardships(record(_TRIALS), record(_COMPARISON)),
    'stable_rounds_sensitivity': lambda record: sensitivity(record(_TRIALS)),
    'stable_rounds_salads': lambda record: real_data(record(_TRIALS), 'salads'),
    'stable_rounds_gtea': lambda record: real_data(record(_TRIALS), 'gtea'),
}
"""By the name of the table, from the function that reads a record by its name."""
