"""Write a folder of simulated features in the layout of BaS-Net, which the configs of THUMOS14 read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mmacl.utils import derive_seed, write_json_atomically

from .setting import Size

_SNIPPET_SECONDS = 16 / 25


def write_folder(folder: Path, size: Size, num_train: int, num_test: int) -> int:
    """Write ``gt.json`` and ``features/{train,test}/{rgb,flow}/<video>.npy``; return the bytes of training features.

    Args:
        folder: made if missing.
        size: lengths and width of the videos.
        num_train: videos of the subset ``train``.
        num_test: videos of the subset ``test``.
    """
    from mmacl.datasets import Thumos14Dataset

    classes = Thumos14Dataset.METAINFO['classes']
    database: dict[str, Any] = {}
    written = 0
    for index, length in enumerate(size.lengths(num_train + num_test).tolist()):
        subset = 'train' if index < num_train else 'test'
        name = f'video_{"validation" if subset == "train" else "test"}_{index:07d}'
        features, annotations = simulate_video(index, length, size.width, len(classes))
        for modality, values in features.items():
            path = folder / 'features' / subset / modality / f'{name}.npy'
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, values)
            written += values.nbytes * (subset == 'train')
        named = [{**entry, 'label': classes[entry['label']]} for entry in annotations]
        database[name] = {'subset': subset, 'annotations': named}
    write_json_atomically(folder / 'gt.json', {'database': database}, indent=None)
    return written


def simulate_video(
    index: int, length: int, width: int, num_classes: int
) -> tuple[dict[str, np.ndarray], list[dict[str, Any]]]:
    """Make features, (T, D) each, and annotations of a video; its actions raise some dimensions of its class."""
    rng = np.random.default_rng(derive_seed(14, index))
    label = index % num_classes
    inside = np.zeros(length, dtype=bool)
    annotations = []
    for start in np.sort(rng.integers(0, max(1, length - 8), size=max(1, length // 40))).tolist():
        end = min(length, start + int(rng.integers(3, 8)))
        inside[start:end] = True
        segment = [round(border * _SNIPPET_SECONDS, 2) for border in (start, end)]
        annotations.append({'segment': [str(border) for border in segment], 'label': label})
    part = max(1, width // num_classes)
    features = {}
    for modality in ('rgb', 'flow'):
        values = np.abs(rng.standard_normal((length, width), dtype=np.float32))
        values[inside, label * part : (label + 1) * part] += 1.0
        features[modality] = values
    return features, annotations
