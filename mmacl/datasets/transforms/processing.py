"""Bound the length of a video."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from mmcv.transforms import BaseTransform

from mmacl.registry import TRANSFORMS
from mmacl.utils import InputError


@TRANSFORMS.register_module()
class RandomCropSnippets(BaseTransform):
    """Cut ``max_snippets`` consecutive snippets out of a longer video, the same in all streams.

    The start depends on the seed of the :class:`~mmacl.datasets.DrawnVideo` alone; outside training there is none, and
    the middle is kept. The offset of ``timing`` moves with the crop.

    Args:
        max_snippets: the largest T.

    Raises:
        InputError: ``max_snippets`` is less than 1.
    """

    takes_rows = True

    def __init__(self, max_snippets: int) -> None:
        if max_snippets < 1:
            raise InputError(f'RandomCropSnippets: max_snippets={max_snippets} must be at least 1')
        self.max_snippets = max_snippets

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Crop ``features`` in time; set ``num_snippets`` and ``timing``."""
        spare = results['num_snippets'] - self.max_snippets
        if spare <= 0:
            return results
        seed, timing = results['seed'], results['timing']
        start = spare // 2 if seed is None else int(np.random.default_rng(seed).integers(spare + 1))
        crop = slice(start, start + self.max_snippets)
        results['features'] = {modality: array[crop] for modality, array in results['features'].items()}
        results['num_snippets'] = self.max_snippets
        results['timing'] = replace(timing, offset=timing.offset + start * timing.snippet_duration)
        return results


@TRANSFORMS.register_module()
class SampleSnippets(BaseTransform):
    """Keep ``num_snippets`` of a longer video, one out of each of as many equal parts, the same in all streams.

    In training, the position within a part is random and depends on the seed of the
    :class:`~mmacl.datasets.DrawnVideo` alone; outside training the middle is kept. A kept snippet stands for its part:
    ``timing`` has longer snippets, so that seconds stay right, and the first one starts where the video does.

    So do STPN (400 snippets), BaS-Net and CoLA (750), in training and in testing. They repeat snippets of a shorter
    video, because their batches have no padding; here it stays whole.

    Args:
        num_snippets: the largest T.

    Raises:
        InputError: ``num_snippets`` is less than 1.
    """

    takes_rows = True

    def __init__(self, num_snippets: int) -> None:
        if num_snippets < 1:
            raise InputError(f'SampleSnippets: num_snippets={num_snippets} must be at least 1')
        self.num_snippets = num_snippets

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Sample ``features`` in time; set ``num_snippets`` and ``timing``."""
        total, wanted = results['num_snippets'], self.num_snippets
        if total <= wanted:
            return results
        seed, timing = results['seed'], results['timing']
        borders = np.arange(wanted + 1) * total // wanted
        first, last = borders[:-1], borders[1:] - 1
        kept = (first + last) // 2 if seed is None else np.random.default_rng(seed).integers(first, last + 1)
        results['features'] = {modality: array[kept] for modality, array in results['features'].items()}
        results['num_snippets'] = wanted
        results['timing'] = replace(timing, snippet_duration=timing.snippet_duration * total / wanted)
        return results
