"""Pseudo-labels of a round: a table with one row a video, by name (Sec. 3.3)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.utils import InputError, write_json_atomically
from mmacl.utils.strict_json import read_strict_json

MAX_CLUSTERS = 2**16
"""Larger tables are refused: they are a mistake, or meant to fill the memory."""


@dataclass(frozen=True, eq=False)
class PseudoLabels:
    """Clusters of every training video.

    Attributes:
        video_names: N names, in the order of the rows.
        memberships: (N, C) bool, True where the video belongs to the cluster; several in a row under weak supervision.
    """

    video_names: tuple[str, ...]
    memberships: NDArray[np.bool_]

    @classmethod
    def from_assignments(
        cls, video_names: tuple[str, ...], assignments: NDArray[np.integer[Any]], num_clusters: int
    ) -> PseudoLabels:
        """Build the table from one cluster a video.

        Args:
            video_names: N names.
            assignments: (N,) int in ``[0, C)``.
            num_clusters: C.
        """
        memberships = np.zeros((len(video_names), num_clusters), dtype=bool)
        memberships[np.arange(len(video_names)), assignments] = True
        return cls(tuple(video_names), memberships)

    @property
    def num_clusters(self) -> int:
        """C, including empty clusters."""
        return self.memberships.shape[1]

    @property
    def empty_clusters(self) -> list[int]:
        """Clusters without a video."""
        return [int(cluster) for cluster in np.flatnonzero(~self.memberships.any(axis=0))]

    def aligned_to(self, video_names: tuple[str, ...]) -> NDArray[np.bool_]:
        """Return the rows of ``video_names``, in their order, (M, C) bool.

        Raises:
            InputError: a video has no row.
        """
        rows = {name: i for i, name in enumerate(self.video_names)}
        missing = [name for name in video_names if name not in rows]
        if missing:
            raise InputError(
                f'no label ({len(missing)} of {len(video_names)} videos have none)',
                video=missing[0],
                remedy='give labels of all videos of the training subset',
            )
        return self.memberships[[rows[name] for name in video_names]]

    def only(self, video_names: Collection[str] | None) -> PseudoLabels:
        """Take the labels of all other videos away; None: of none."""
        if video_names is None:
            return self
        kept = set(video_names)
        rows = np.array([name in kept for name in self.video_names], dtype=bool)
        return PseudoLabels(self.video_names, self.memberships & rows[:, None])

    def state_dict(self) -> dict[str, Any]:
        """Convert to plain lists and strings: the clusters of each video by its name."""
        labels = {
            name: np.flatnonzero(row).tolist() for name, row in zip(self.video_names, self.memberships, strict=True)
        }
        return {'num_clusters': self.num_clusters, 'labels': labels}

    @classmethod
    def from_state_dict(cls, state: dict[str, Any]) -> PseudoLabels:
        """Build the table from what :meth:`state_dict` returned.

        Raises:
            InputError: a cluster is not in ``[0, num_clusters)``, or there are more than :data:`MAX_CLUSTERS`.
        """
        num_clusters, labels = int(state['num_clusters']), state['labels']
        if num_clusters > MAX_CLUSTERS:
            raise InputError(
                f'num_clusters={num_clusters:.4g} is more than {MAX_CLUSTERS}', remedy='correct the number of clusters'
            )
        memberships = np.zeros((len(labels), num_clusters), dtype=bool)
        for row, (name, clusters) in enumerate(labels.items()):
            for cluster in [clusters] if isinstance(clusters, int) else clusters:
                if not 0 <= cluster < num_clusters:
                    raise InputError(f'cluster {cluster} is not in [0, {num_clusters})', video=name)
                memberships[row, cluster] = True
        return cls(tuple(labels), memberships)

    def save(self, path: str | Path, selected: Sequence[str] | None = None) -> None:
        """Write the table as JSON; :class:`PrecomputedLabels` reads it.

        Args:
            path: of the file.
            selected: videos that train, written beside the table, as ``empty_clusters`` are if any; None: all.
        """
        notes: dict[str, Any] = {'empty_clusters': self.empty_clusters} if self.empty_clusters else {}
        if selected is not None:
            notes['selected'] = list(selected)
        write_json_atomically(path, {**self.state_dict(), **notes})

    @classmethod
    def load(cls, path: str | Path) -> PseudoLabels:
        """Read a table that :meth:`save` wrote, or one written by hand in the same form.

        Raises:
            InputError: the file is missing, not JSON, or not such a table.
        """
        form = '{"num_clusters": C, "labels": {"<video>": [<cluster>, ...], ...}}'
        state = read_strict_json(path, f'a table {form}')
        try:
            return cls.from_state_dict(state)
        except InputError as error:
            raise InputError(error.what, file=path, video=error.video, remedy=error.remedy) from error
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
            raise InputError('not a table of labels', file=path, remedy=f'expected {form}') from error
