"""The figures of the rounds as tables of text, and the key figures at the top of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAP = re.compile(r'(?P<metric>[^/]+)/(?:(?P<stream>[^/]+)/)?mAP@(?P<column>.+)')
_CLUSTERING = {'purity': 'Purity', 'nmi': 'NMI', 'ari': 'ARI', 'accuracy': '1:1 accuracy'}
FUSED = 'fused'


@dataclass(frozen=True)
class Table:
    """Cells of text.

    Attributes:
        title: contents and unit.
        heading: names of the columns.
        rows: cells of each row.
        strong: indices of the rows to print in bold.
        texts: number of columns from the left that hold names, not figures.
    """

    title: str
    heading: Sequence[str]
    rows: Sequence[Sequence[str]]
    strong: frozenset[int] = field(default_factory=frozenset)
    texts: int = 1


@dataclass(frozen=True)
class KeyFigure:
    """One figure round by round.

    Attributes:
        name: of the measure.
        rounds: number of the round, value in [0, 1], value as text.
    """

    name: str
    rounds: Sequence[tuple[int, float, str]]

    @property
    def last(self) -> str:
        """Value of the last round as text."""
        return self.rounds[-1][2]


def round_tables(
    rows: Sequence[dict[str, Any]], memberships: Mapping[int, NDArray[np.bool_]] | None = None
) -> list[Table]:
    """Make the tables of clusters, localization by stream, and everything else that was measured; no empty table.

    Args:
        rows: figures of each round, as fractions; the last row counts.
        memberships: round -> (N, C), True where a training video is in a cluster; None: no table of cluster sizes.
    """
    clustering = [key for key in _keys(rows) if key.startswith('cluster/')]
    clustering.sort(key=lambda key: [*_CLUSTERING, key[8:]].index(key[8:]))
    clusters = [[str(row['round']), *(_cell(row, key) for key in clustering)] for row in rows]
    chance = [key.replace('cluster/', 'chance/') for key in clustering]
    if any(key in rows[-1] for key in chance):
        clusters.append(['chance', *(_cell(rows[-1], key) for key in chance)])
    streams = {stream: _map_columns(rows, stream) for stream in _streams(rows)}
    columns = list(dict.fromkeys(column for of in streams.values() for column in of))
    localization = [
        [
            str(row['round']),
            *([stream] if len(streams) > 1 else []),
            *(_cell(row, of.get(column), 100) for column in columns),
        ]
        for row in rows
        for stream, of in streams.items()
    ]
    counted = (len(rows) - 1) * max(len(streams), 1)
    main = {key for of in streams.values() for key in of.values()}
    others = [
        key for key in _keys(rows) if '/' in key and key not in main and not key.startswith(('cluster/', 'chance/'))
    ]
    tables = [
        Table(
            'Clusters of the training videos',
            ['Round', *(_CLUSTERING.get(key[8:], key[8:]) for key in clustering)],
            clusters,
            frozenset({len(rows) - 1}),
        ),
        _cluster_sizes(memberships or {}),
        Table(
            'Localization, mAP (%) by temporal IoU',
            ['Round', *(['Stream'] if len(streams) > 1 else []), *columns],
            localization,
            frozenset({counted}),
            2 if len(streams) > 1 else 1,
        ),
        Table(
            'Further measures',
            ['Measure', *(f'Round {row["round"]}' for row in rows)],
            [[key, *(_cell(row, key, 1) for row in rows)] for key in others],
        ),
    ]
    wanted = (clustering, memberships, columns, others)
    return [table for table, there in zip(tables, wanted, strict=True) if there]


def key_figures(rows: Sequence[dict[str, Any]]) -> list[KeyFigure]:
    """Return mAP at 0.5 or the middle threshold, its averages, purity and NMI, as far as the rows have them."""
    columns = _map_columns(rows, FUSED)
    single = [column for column in columns if not column.startswith('avg')]
    chosen = [column for column in ('0.5', *single[len(single) // 2 :]) if column in columns][:1]
    chosen += [column for column in columns if column.startswith('avg')][:2]
    found = [
        KeyFigure(
            f'mAP@{column} (%)',
            [(row['round'], row[columns[column]], f'{100 * row[columns[column]]:.1f}') for row in rows],
        )
        for column in chosen
        if all(columns[column] in row for row in rows)
    ]
    for key in ('purity', 'nmi'):
        if rows and all(f'cluster/{key}' in row for row in rows):
            values = [(row['round'], row[f'cluster/{key}'], f'{row[f"cluster/{key}"]:.3f}') for row in rows]
            found.append(KeyFigure(_CLUSTERING[key], values))
    return found


def thresholds_of(rows: Sequence[dict[str, Any]]) -> list[float]:
    """Return the tIoU thresholds of the validation."""
    numbers = []
    for column in _map_columns(rows, FUSED):
        try:
            numbers.append(float(column))
        except ValueError:
            continue
    return sorted(number for number in numbers if 0 < number <= 1)


def _cluster_sizes(memberships: Mapping[int, NDArray[np.bool_]]) -> Table:
    rows = []
    for round_, member in memberships.items():
        sizes = member.sum(axis=0)
        empty = ', '.join(str(cluster) for cluster in np.flatnonzero(sizes == 0).tolist())
        rows.append(
            [str(round_), str(len(sizes)), f'{sizes.min()}', f'{np.median(sizes):g}', f'{sizes.max()}', empty or 'none']
        )
    heading = ['Round', 'Clusters', 'Smallest', 'Median', 'Largest', 'Empty clusters']
    return Table('Training videos in each cluster', heading, rows)


def _streams(rows: Sequence[dict[str, Any]]) -> list[str]:
    found = [match['stream'] or FUSED for key in _keys(rows) if (match := _MAP.fullmatch(key)) and _first(rows, match)]
    return sorted(dict.fromkeys(found), key=lambda stream: stream != FUSED)


def _map_columns(rows: Sequence[dict[str, Any]], stream: str) -> dict[str, str]:
    """Return column -> key of a stream."""
    return {
        match['column']: key
        for key in _keys(rows)
        if (match := _MAP.fullmatch(key)) and (match['stream'] or FUSED) == stream and _first(rows, match)
    }


def _first(rows: Sequence[dict[str, Any]], match: re.Match[str]) -> bool:
    """Whether a key belongs to the first metric: mAP over classes, not class-agnostic mAP."""
    metrics = [found['metric'] for key in _keys(rows) if (found := _MAP.fullmatch(key))]
    return match['metric'] == ('tal' if 'tal' in metrics else metrics[0])


def _keys(rows: Sequence[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(key for row in rows for key in row))


def _cell(row: dict[str, Any], key: str | None, factor: int = 1) -> str:
    value = None if key is None else row.get(key)
    if value is None:
        return '-'
    return f'{100 * value:.2f}' if factor == 100 else f'{value:.3f}'
