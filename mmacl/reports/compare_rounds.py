"""Tables of methods by round, each beside the one that it is built on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mmacl.utils.spread import format_spread, mean_and_deviation

_COLUMNS = (
    ('cluster/purity', 'purity', 3, 1),
    ('cluster/nmi', 'NMI', 3, 1),
    ('cluster/ari', 'ARI', 3, 1),
    ('tal/mAP@0.5', 'mAP@0.5', 1, 100),
    ('tal/mAP@avg(0.3:0.7)', 'average 0.3:0.7', 1, 100),
)


def compare_rounds(
    record: Mapping[str, Any], pairs: Sequence[tuple[str, str]], names: Mapping[str, str]
) -> tuple[list[str], list[list[str]]]:
    """Make a table of two methods and their paired difference by round, for each pair.

    Args:
        record: what ``tools/multi_seed.py --json`` wrote: by config, ``rows`` by seed.
        pairs: names of two configs, the other one and ours; pairs that share no seed are left out.
        names: what to call the configs.

    Returns:
        The header and the rows: mean and sample standard deviation over the seeds that both have, and in how many of
        them ours is higher.
    """
    header = ['', 'round', 'seeds', *(name for _, name, _, _ in _COLUMNS)]
    table: list[list[str]] = []
    for pair in pairs:
        runs = [record.get(name, {}).get('rows', {}) for name in pair]
        seeds = sorted(runs[0].keys() & runs[1].keys(), key=int)
        if not seeds:
            continue
        both = [[of[seed] for seed in seeds] for of in runs]
        rounds = range(min(len(rows) for of in both for rows in of))
        for name, of in zip(pair, both, strict=True):
            for number in rounds:
                values = {key: [rows[number][key] for rows in of] for key, *_ in _COLUMNS}
                cells = [_spread(values[key], digits, scale) for key, _, digits, scale in _COLUMNS]
                table.append([names[name], str(number + 1), str(len(seeds)), *cells])
        for number in rounds:
            cells = []
            for key, _, digits, scale in _COLUMNS:
                gains = [a[number][key] - b[number][key] for b, a in zip(*both, strict=True)]
                more = sum(gain > 0 for gain in gains)
                cells.append(f'{_spread(gains, digits, scale, "+")} ({more} of {len(seeds)})')
            table.append([f'{names[pair[1]]} less {names[pair[0]]}', str(number + 1), str(len(seeds)), *cells])
    return header, table


def stable_rounds(record: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Compare stable rounds with the rounds of the paper, around each localizer (configs/acl_plus)."""
    names = dict(acl='ACL', um='UM', cola='CoLA')
    pairs = [(f'{name}_synthetic_us', f'{name}_plus_synthetic_us') for name in names]
    titles = {config: names[config.partition('_')[0]] + '+' * ('plus' in config) for pair in pairs for config in pair}
    return compare_rounds(record, pairs, titles)


def stable_rounds_in_short(
    record: Mapping[str, Any], ending: str = 'synthetic_us'
) -> tuple[list[str], list[list[str]]]:
    """Shorten :func:`stable_rounds` to purity and the average mAP of the first and the last round."""
    header, rows = stable_rounds(record)
    columns = [0, 2, 3, header.index('average 0.3:0.7')]
    last = max((row[1] for row in rows), default='1')
    table: dict[str, list[str]] = {}
    for row in rows:
        if row[1] in ('1', last) and ' less ' not in row[0]:
            name, seeds, purity, average = (row[column] for column in columns)
            table.setdefault(name, [name, seeds]).extend([purity, average])
    names = ['purity, first round', 'average mAP, first round', 'purity, last round', 'average mAP, last round']
    return ['', 'seeds', *names], list(table.values())


def _spread(values: Sequence[float], digits: int, scale: float, sign: str = '') -> str:
    return format_spread(mean_and_deviation(np.asarray(values, dtype=float).tolist()), digits, scale, sign, '±')


TABLES = {'stable_rounds': stable_rounds, 'stable_rounds_in_short': stable_rounds_in_short}
"""Tables of ``docs/records/stable_rounds.json`` by name."""
