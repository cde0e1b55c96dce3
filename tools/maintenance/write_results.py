"""Fill the figures of real runs into the pages of the documents and README.md.

The figures are in docs/records, as the tools wrote them with --json. The text between the marker of a table and
<!-- end of figures --> is replaced. No figure is typed by hand, and nothing is trained.

Example: python tools/maintenance/write_results.py --check
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

# The tables need a checkout; without an installation, so does mmacl.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mmacl.cli import run_tool
from mmacl.reports.paper_tables import averages_of_methods, read_published, render_markdown
from mmacl.utils import InputError, write_text_atomically
from mmacl.utils.spread import format_spread, mean_and_deviation
from mmacl.utils.strict_json import read_strict_json
from mmacl.utils.tables import cells_of
from tools.maintenance.results import stable_rounds

ROOT = Path(__file__).resolve().parents[2]
RECORDS = ROOT / 'docs' / 'records'
DOCS = ('results.md', 'benchmarks.md', 'methods/acl_plus.md')
PAGES = [ROOT / 'README.md', *(ROOT / 'docs' / 'en' / name for name in DOCS)]
MARKED = re.compile(r'(<!-- figures: (\w+) -->\n).*?(<!-- end of figures -->)', re.DOTALL)

TIOUS = ('0.3', '0.4', '0.5', '0.6', '0.7', 'avg(0.3:0.7)')
AVERAGE = 'tal/mAP@avg(0.3:0.7)'
LOSSES = dict(cls='L_cls', abs='L_cls + L_abs', trip='L_cls + L_trip', all='L_cls + L_abs + L_trip')
#: Records of ``benchmark.py``, by device and size, and what is shown of each.
SIZES = ('thumos14', 'anet12', 'synthetic', '20k', '100k')
BENCHMARKS = [f'benchmark_{device}_{size}' for device in ('cpu', 'gpu') for size in SIZES]
TOPICS = ('machine', 'load', 'step', 'cluster', 'cluster_scale', 'localize', 'evaluate', 'start', 'profile', 'traffic')
PROBES = {
    'round-1 purity': 'purity of clusters from uniform attention',
    'perfect-attention purity': 'purity of clusters from attention on annotated action',
    'foreground AUC': 'action against background from a single snippet, AUC',
    'gain from context': 'class accuracy of a snippet with 3 more on either side, over that of one alone',
}


def main() -> None:
    """Write, or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--check', action='store_true', help='write nothing; exit with 1 if a page differs')
    args, drifted = parser.parse_args(), []
    for page in PAGES:
        text = page.read_text()
        if (filled := fill(text, page)) != text:
            drifted.append(page)
            if not args.check:
                write_text_atomically(page, filled)
    names = ', '.join(str(path.relative_to(ROOT)) for path in drifted)
    if args.check and drifted:
        print(f'{names}: differs from docs/records; run python tools/maintenance/write_results.py')
        raise SystemExit(1)
    print(f'written: {names}' if drifted else 'all figures agree with docs/records')


def fill(text: str, page: Path) -> str:
    """Replace every marked table in a text; a marker of no table raises :class:`InputError`."""

    def written(found: re.Match[str]) -> str:
        if found[2] not in SECTIONS:
            raise InputError(
                f'figures {found[2]!r} are not known', file=page, remedy=f'choose from {", ".join(SECTIONS)}'
            )
        return f'{found[1]}{SECTIONS[found[2]]()}\n{found[3]}'

    return MARKED.sub(written, text)


def record(name: str) -> Any:
    """Read a file of docs/records."""
    return read_strict_json(RECORDS / f'{name}.json', 'figures that a tool wrote with --json')


def methods(name: str) -> str:
    """The tables of methods that paper_tables wrote with --json."""
    return render_markdown(record(name), 3) if (RECORDS / f'{name}.json').is_file() else 'Not recorded yet.'


def by_round() -> str:
    """Clustering and localization of the unsupervised runs by round (Tables 3 and 4), whole videos, chance, ceiling."""
    rounds = record('simulated_runs')['acl_synthetic_us']['rounds']
    clustering = ('purity', 'nmi', 'ari')
    header = ['round', 'purity', 'NMI', 'ARI', *(f'mAP@{t}' for t in TIOUS[:-1]), 'average 0.3:0.7']
    rows = [
        [str(row['round']), *(_of(row[f'cluster/{k}'], 3, 1) for k in clustering), *_map_cells(row)] for row in rounds
    ]
    ceiling = [_cell([seed[key] for seed in record('clustering_ceiling')], 3, 1) for key in clustering]
    last = rounds[-1]
    rows += _whole_videos(['whole videos', *[''] * len(clustering)], last)
    if 'chance/purity' in last:
        rows.append(['chance', *(_of(last[f'chance/{k}'], 3, 1) for k in clustering), *[''] * len(TIOUS)])
    return _table(header, [*rows, ['ceiling', *ceiling, *[''] * len(TIOUS)]])


def weak() -> str:
    """Weak supervision beside the last round without labels, and whole videos as segments."""
    runs, rows = record('simulated_runs'), []
    for name, config in (('one round', 'acl_synthetic_ws'), ('unsupervised, round 3', 'acl_synthetic_us')):
        last = runs[config]['rounds'][-1]
        rows.append([name, *_map_cells(last)])
        rows += _whole_videos([f'{name}, whole videos'], last)
    return _table(['', *(f'mAP@{t}' for t in TIOUS[:-1]), 'average 0.3:0.7'], rows)


def table5() -> str:
    """The rows of Table 5, and their differences from FAB + L_cls, by seed."""
    runs, paper = record('simulated_runs'), read_published()[5]
    base = _by_seed(runs['acl_synthetic_us_cls'], AVERAGE)
    header = [
        '',
        'average mAP (simulated)',
        'less FAB + L_cls, by seed (simulated)',
        'purity (simulated)',
        f'average mAP, published, {paper.dataset}',
    ]
    rows = []
    for row in paper.rows:
        config, (published,) = f'acl_synthetic_{row["variant"]}', row['values']
        run = runs[config]
        values = _by_seed(run, AVERAGE)
        difference = '' if config == 'acl_synthetic_us_cls' else _cell(values - base, 2, 100, sign=True)
        purity = _of(run['rounds'][-1]['cluster/purity'], 3, 1)
        rows.append([row['method'], _cell(values, 2, 100), difference, purity, f'{published:.2f}'])
    return _table(header, rows)


def losses_with_labels(name: str) -> str:
    """The losses of Table 5 with right labels, and the AUC of A and S."""
    runs = record(name)
    remark = ' (simulated)' if runs['cls']['simulated'] else ''
    base = _by_seed(runs['cls'], AVERAGE)
    if any(run['seeds'] != runs['cls']['seeds'] for run in runs.values()):
        raise InputError(
            f'{RECORDS / name}.json: its runs have different seeds', remedy='differences by seed need equal seeds'
        )
    rows = []
    for key, losses in LOSSES.items():
        values, attention = _by_seed(runs[key], AVERAGE), runs[key]['attention']
        difference = '' if key == 'cls' else _cell(values - base, 2, 100, sign=True)
        auc = [_of(attention[f'auc_{which}'], 3, 1) for which in ('specific', 'agnostic')]
        rows.append([losses, str(len(values)), _cell(values, 2, 100), difference, *auc])
    header = ['average mAP', 'less L_cls, by seed', 'AUC of A', 'AUC of S']
    return _table(['', 'seeds', *(f'{name}{remark}' for name in header)], rows)


def attention() -> str:
    """The AUC of S and A by round, and the share of a video that S rests on."""
    names = ('auc_agnostic', 'auc_specific', 'share_agnostic')
    rows = [
        [str(row['round']), *(_of(row[name], 3, 1) for name in names)]
        for row in record('simulated_attention')['rounds']
    ]
    header = ['AUC of S (simulated)', 'AUC of A (simulated)', 'share of the snippets that S rests on (simulated)']
    return _table(['round', *header], rows)


def probes() -> str:
    """The probes of the simulated videos against their targets."""
    found = record('probes')
    rows = []
    for name, target in found['targets'].items():
        least, most = target['least'], target['most']
        # All probes are shares, so 1 is no bound of a target.
        bound = f'at least {least:.2f}' if most >= 1 else f'{least:.2f} to {most:.2f}'
        rows.append([PROBES[name], bound, f'{np.mean(target["values"]):.3f}', 'yes' if target['met'] else 'NO'])
    return _table(['probe', 'target', 'mean (simulated)', 'every seed inside'], rows)


def score_maps() -> str:
    """Every score map on the same trained models, on GTEA."""
    found = record('gtea_score_maps')
    rows = []
    for name, seeds in found['mAP'].items():
        values = np.array(seeds)
        columns = [*values.T, values.mean(axis=1)]
        rows.append([f'`{name}`', *(_cell(column, 2, 100) for column in columns)])
    return _table(['score map', *(f'mAP@{t}' for t in found['tiou']), 'mean'], rows)


def readme() -> str:
    """The table of the README."""
    runs, maps = record('simulated_runs'), record('gtea_score_maps')
    columns = ('0.3', '0.5', 'avg(0.3:0.7)')
    rows = []
    for config in ('acl_synthetic_us', 'acl_synthetic_ws'):
        for row in runs[config]['rounds']:
            which = f', round {row["round"]}' if len(runs[config]['rounds']) > 1 else ''
            name = f'`{config}.py`{which}, {row["seeds"]} seeds'
            rows.append([name, '**simulated**', *_map_cells(row, columns, 1)])
        rows += _whole_videos(['the same, whole videos as segments', '**simulated**'], row, columns, 1)
    values = np.array(maps['mAP']['none'])
    at = {f'{t:g}': column for t, column in zip(maps['tiou'], values.T, strict=True)}
    mean = np.mean([at[t] for t in TIOUS[:-1]], axis=0)
    cells = [_cell(column, 1, 100) for column in (at['0.3'], at['0.5'], mean)]
    rows.append([f'`acl_gtea_ws.py`, {len(values)} seeds', 'GTEA windows, real', *cells])
    return _table(['', 'videos', 'mAP@0.3', 'mAP@0.5', 'average 0.3:0.7'], rows)


def maps_by_losses(which: str) -> str:
    """Average mAP over 0.3:0.7 of the same trained models under every score map."""
    found = record('score_maps_by_losses')[which]
    remark = ' (simulated)' if found['simulated'] else ''
    columns = [f'{tiou:g}' in TIOUS for tiou in found['tiou']]
    rows = [
        [losses, *(_cell(np.array(seeds)[:, columns].mean(axis=1), 2, 100) for seeds in maps.values())]
        for losses, maps in found['mAP'].items()
    ]
    return _table(['', *(f'`{name}`{remark}' for name in next(iter(found['mAP'].values())))], rows)


def benchmark(name: str, topic: str) -> str:
    """Tables of a topic of ``benchmark.py``, or the machine with its limits, from a record."""
    found = record(name) if (RECORDS / f'{name}.json').is_file() else {'runs': {}, 'machine': {}}
    if topic == 'machine' and found['machine']:
        rows = [{'what': key, 'is': value} for key, value in {**found['machine'], **found['limits']}.items()]
        return _table(*_header_and_cells(rows))
    if topic not in found['runs']:
        return 'Not recorded yet.'
    run = found['runs'][topic]
    loads = ' and '.join(
        'not measured' if run[when] is None else f'{run[when]:.1f}' for when in ('load before', 'load after')
    )
    parts = [f'Simulated; {run["s"]:.0f} s in all; load of the machine before and after: {loads}.']
    parts += [
        f'{title}:\n\n{_table(*_header_and_cells(rows))}' for title, rows in found['topics'][topic].items() if rows
    ]
    return '\n\n'.join(parts)


SECTIONS: dict[str, Callable[[], str]] = {
    'by_round': by_round,
    'weak': weak,
    'table5': table5,
    'attention': attention,
    'losses_simulated': partial(losses_with_labels, 'simulated_losses_with_labels'),
    'losses_simulated_long': partial(losses_with_labels, 'simulated_losses_with_labels_long'),
    'losses_gtea': partial(losses_with_labels, 'gtea_losses'),
    'probes': probes,
    'score_maps': score_maps,
    **{f'maps_{which}': partial(maps_by_losses, which) for which in ('simulated', 'simulated_long', 'gtea')},
    **{name: partial(lambda make: _table(*make(record)), make) for name, make in stable_rounds.TABLES.items()},
    'readme': readme,
    **{f'{name}_{topic}': partial(benchmark, name, topic) for name in BENCHMARKS for topic in TOPICS},
    'methods_in_short': lambda: _table(*averages_of_methods(record('methods_synthetic'))),
    **{name: partial(methods, name) for name in ('methods_synthetic', 'methods_salads')},
}


def _header_and_cells(rows: Sequence[dict[str, Any]]) -> tuple[list[str], list[list[str]]]:
    header, *cells = cells_of(rows)
    return header, cells


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ['---'] * len(header), *rows]
    return '\n'.join('| ' + ' | '.join(cells) + ' |' for cells in lines)


def _map_cells(row: dict[str, Any], tious: Sequence[str] = TIOUS, digits: int = 2) -> list[str]:
    return [_of(row[f'tal/mAP@{t}'], digits, 100) for t in tious]


def _whole_videos(labels: list[str], row: dict[str, Any], *how: Any) -> list[list[str]]:
    """A row for whole videos as segments, if it was recorded."""
    figures = {key.replace('whole-video/', ''): value for key, value in row.items() if 'whole-video/' in key}
    return [[*labels, *_map_cells(figures, *how)]] if figures else []


def _of(value: dict[str, float], digits: int, scale: float) -> str:
    return format_spread(value, digits, scale, between='±')


def _cell(values: ArrayLike, digits: int, scale: float, sign: bool = False) -> str:
    return format_spread(mean_and_deviation(np.asarray(values, dtype=float).tolist()), digits, scale, '+' * sign, '±')


def _by_seed(run: dict[str, Any], key: str) -> NDArray[np.float64]:
    """The figure of the last round, by seed."""
    return np.array([rows[-1][key] for _, rows in sorted(run['rows'].items())])


if __name__ == '__main__':
    run_tool(main)
