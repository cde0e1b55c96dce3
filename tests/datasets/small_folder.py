"""Small folders of features and annotations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmacl.datasets import UntrimmedVideoDataset

TIMING = dict(fps=10.0, snippet_stride=5)  # 0.5 s a snippet
LENGTHS = dict(alpha=8, beta=1, gamma=20, delta=6)
SUBSETS = dict(alpha='train', beta='train', gamma='train', delta='test')
INSTANCES = dict(
    alpha=[([0.5, 2.0], 'run'), ([2.5, 3.5], 'jump'), ([3.6, 3.9], 'run')],
    beta=[([0.0, 0.5], 'jump')],
    gamma=[([1.0, 9.5], 'run')],
    delta=[([1.0, 2.0], 'jump')],
)
DIMS = dict(rgb=4, flow=3)


def entry(name: str) -> dict[str, Any]:
    """The annotations of one of the videos."""
    return dict(
        subset=SUBSETS[name],
        duration=LENGTHS[name] * 0.5,
        annotations=[dict(segment=list(segment), label=label) for segment, label in INSTANCES[name]],
    )


class Folder:
    """A data set on disk that tests may spoil."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.database = {name: entry(name) for name in LENGTHS}
        rng = np.random.default_rng(0)
        for name, length in LENGTHS.items():
            for modality, dim in DIMS.items():
                self.save(name, modality, rng.random((length, dim), dtype=np.float32))
        self.annotate()

    def path(self, name: str, modality: str = 'rgb') -> Path:
        return self.root / 'features' / modality / f'{name}.npy'

    def save(self, name: str, modality: str, features: np.ndarray, **kwargs: Any) -> Path:
        path = self.path(name, modality)
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, features, **kwargs)
        return path

    def annotate(self, **others: Any) -> Path:
        path = self.root / 'annotations.json'
        path.write_text(json.dumps(dict(database=self.database, **others)))
        return path

    def dataset(self, **kwargs: Any) -> UntrimmedVideoDataset:
        kwargs = dict(subset='train', timing=TIMING) | kwargs
        return UntrimmedVideoDataset(self.root, **kwargs)


@pytest.fixture
def videos(tmp_path: Path) -> Folder:
    return Folder(tmp_path / 'set')
