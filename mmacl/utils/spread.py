"""Mean and standard deviation of figures over seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def mean_and_deviation(values: Sequence[float]) -> dict[str, float | None]:
    """Mean and sample standard deviation; the latter is None for a single value."""
    found = np.asarray(values, dtype=float)
    return {'mean': float(found.mean()), 'std': float(found.std(ddof=1)) if len(found) > 1 else None}


def format_spread(
    value: Mapping[str, Any], digits: int, scale: float = 1.0, sign: str = '', between: str = '+-'
) -> str:
    """Format the result of :func:`mean_and_deviation`; of a single value, the value alone.

    Args:
        value: with ``mean`` and ``std``.
        digits: after the point.
        scale: 100 for per cent.
        sign: ``'+'`` shows the sign of a mean that is not negative too.
        between: text between mean and deviation.
    """
    text = f'{round(scale * value["mean"], digits) + 0.0:{sign}.{digits}f}'  # -0.0 is 0.0
    return text if value['std'] is None else f'{text} {between} {scale * value["std"]:.{digits}f}'


def summarise_rounds(rows_by_seed: Sequence[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Mean and sample standard deviation over seeds, by round.

    Args:
        rows_by_seed: rows of the rounds, one list a seed.

    Returns:
        One entry a round: ``round``, ``seeds`` (their number), and per metric ``{'mean', 'std'}``; ``std`` is None
        for a single seed.
    """
    summary = []
    for rows in zip(*rows_by_seed, strict=True):
        entry: dict[str, Any] = {'round': rows[0]['round'], 'seeds': len(rows)}
        for name in (key for key in rows[0] if '/' in key):
            entry[name] = mean_and_deviation([row[name] for row in rows])
        summary.append(entry)
    return summary
