"""Tables over rounds, and the notes under them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from mmacl.utils.tables import draw_table

_DIAGNOSTICS = (
    ('stability', 'Stability'),
    ('last_round', 'Like last round'),
    ('silhouette', 'Silhouette'),
    ('streams', 'Streams'),
    ('half_share', 'Half of S'),
    ('attention', 'S of streams'),
)
_CLUSTERING = (('purity', 'Purity'), ('ari', 'ARI'), ('nmi', 'NMI'), ('accuracy', '1:1 accuracy'))
# <prefix of the metric>/mAP@<tIoU>; that of a stream has its name in between.
_FUSED_MAP = re.compile(r'[^/]+/mAP@.+')

DIAGNOSTICS_PREFIX = 'diagnostics/'
"""How keys of a row begin that hold figures without labels."""

EMPTY = 'empty_clusters'
"""Key of a row: the clusters without a video."""


def clustering_table(rows: list[dict[str, Any]], title: str, simulated: bool) -> str:
    """Draw purity, ARI and NMI by round, as in the paper's Table 3; return '' if no round was measured.

    If every round has it, the accuracy under the best one-to-one assignment of clusters to actions follows. The last
    row, "chance", shuffles the clusters of the last round over the videos. Lines under the table name empty clusters.

    Args:
        rows: one a round, with ``round``, ``cluster/*`` and perhaps ``chance/*`` and ``empty_clusters``.
        title: the table's title.
        simulated: whether to mark the numbers as simulated.
    """
    measured = [row for row in rows if 'cluster/purity' in row]
    if not measured:
        return ''
    columns = [
        (f'cluster/{key}', name) for key, name in _CLUSTERING if all(f'cluster/{key}' in row for row in measured)
    ]
    body = [[str(row['round']), *(f'{row[key]:.3f}' for key, _ in columns)] for row in measured]
    chance = [measured[-1].get(key.replace('cluster/', 'chance/')) for key, _ in columns]
    if None not in chance:
        body.append(['chance', *(f'{value:.3f}' for value in chance)])
    table = _table([['Round', *(name for _, name in columns)], *body], title, simulated)
    notes = [f'Round {row["round"]}: {describe_empty_clusters(row[EMPTY])}' for row in measured if row.get(EMPTY)]
    return '\n'.join([table, *notes])


def diagnostics_table(rows: list[dict[str, Any]], title: str, simulated: bool) -> str:
    """Draw the figures that need no labels by round, see :func:`diagnose`; return '' if there are none.

    Args:
        rows: one a round, with ``round`` and ``diagnostics/*``; a dash stands for one that a round lacks.
        title: the table's title.
        simulated: whether to mark the numbers as simulated.
    """
    named = [(f'{DIAGNOSTICS_PREFIX}{key}', name) for key, name in _DIAGNOSTICS]
    columns = [(key, name) for key, name in named if any(key in row for row in rows)]
    if not columns:
        return ''
    body = [[str(row['round']), *(f'{row[key]:.3f}' if key in row else '-' for key, _ in columns)] for row in rows]
    return _table([['Round', *(name for _, name in columns)], *body], title, simulated)


def describe_empty_clusters(clusters: Sequence[int]) -> str:
    """Name the clusters without a video, in words."""
    if len(clusters) == 1:
        return f'cluster {clusters[0]} is empty'
    return f'{len(clusters)} clusters are empty: {", ".join(map(str, clusters))}'


def describe_overlap(trained: Sequence[str], tested: Sequence[str]) -> str:
    """Say which videos are trained on and tested on; return '' if there are none."""
    known = set(trained)
    both = [name for name in tested if name in known]
    if not both:
        return ''
    return (
        f'{len(both)} of the {len(tested)} test videos are training videos too, such as {both[0]!r}: the figures do '
        'not hold for unseen videos'
    )


def localization_table(rows: list[dict[str, Any]], title: str, simulated: bool) -> str:
    """Draw mAP in per cent at each tIoU by round, as in the paper's Table 4; return '' if nothing was validated.

    Args:
        rows: one a round, with ``round`` and ``tal/mAP@*`` as fractions; the prefix may be another.
        title: the table's title.
        simulated: whether to mark the numbers as simulated.
    """
    keys = [key for key in (rows[0] if rows else {}) if _FUSED_MAP.fullmatch(key)]
    measured = [row for row in rows if keys and keys[0] in row]
    if not measured:
        return ''
    header = ['Round', *(key.partition('@')[2] for key in keys)]
    return _table(
        [header, *([str(row['round']), *(f'{100 * row[key]:.2f}' for key in keys)] for row in measured)],
        title,
        simulated,
    )


def _table(cells: list[list[str]], title: str, simulated: bool) -> str:
    return draw_table(cells, f'{title} (simulated data)' if simulated and 'simulated' not in title else title)
