"""What a batch sampler draws."""

from __future__ import annotations

from typing import NamedTuple


class DrawnVideo(NamedTuple):
    """One place in a batch; a dataset takes it in the place of an index.

    Attributes:
        index: of the video in the dataset.
        cluster: ``z``, the cluster for which the video was drawn (Sec. 3.5).
        seed: for every random choice that concerns this place, such as the start of a crop.
    """

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody asks a drawn video for
    cluster: int
    seed: int
