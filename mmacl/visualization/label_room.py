"""Which labels find room: a picture of a hundred classes names those that can be read, and no others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.text import Text
from numpy.typing import ArrayLike


def labels_with_room(places: ArrayLike, importance: ArrayLike, room: float) -> list[int]:
    """Choose labels along a line, the important first, none closer to a chosen one than ``room``.

    Args:
        places: (N,) where each would stand.
        importance: (N,) higher first; of equals the earlier.
        room: smallest distance, in the unit of ``places``.

    Returns:
        Indices of the chosen, rising.
    """
    places = np.asarray(places, dtype=np.float64)
    chosen: list[int] = []
    for index in np.argsort(-np.asarray(importance, dtype=np.float64), kind='stable').tolist():
        if all(abs(places[index] - places[other]) >= room for other in chosen):
            chosen.append(index)
    return sorted(chosen)


def hide_covered(texts: Sequence[Text], padding: float = 1.0) -> list[Text]:
    """Hide each text that would touch an earlier one, as they stand in the figure now.

    Args:
        texts: of one figure whose layout is done, the important first.
        padding: pixels kept free around each.

    Returns:
        Those that stay visible.
    """
    kept: list[Text] = []
    for text in texts:
        box = text.get_window_extent().padded(padding)
        if any(box.overlaps(other.get_window_extent()) for other in kept):
            text.set_visible(False)
        else:
            kept.append(text)
    return kept
