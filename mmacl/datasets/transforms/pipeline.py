"""Build a pipeline from its config, and make what it draws depend on one seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from mmengine.registry import DefaultScope
from numpy.random.mtrand import get_bit_generator, set_bit_generator

from mmacl.registry import TRANSFORMS

Transform = Callable[[dict[str, Any]], Any]


def build_pipeline(steps: Sequence[Mapping[str, Any] | Transform]) -> list[Transform]:
    """Build every transform that is given as a config.

    A wrapper of mmcv builds the transforms inside it by name; where no default scope is set, it finds those of mmacl.

    Args:
        steps: configs of :data:`~mmacl.registry.TRANSFORMS`, or transforms, which stay as they are.
    """
    scope = None if DefaultScope.get_current_instance() else 'mmacl'
    with DefaultScope.overwrite_default_scope(scope):
        return [TRANSFORMS.build(step) if isinstance(step, Mapping) else step for step in steps]


@contextmanager
def seeded_generators(seed: int) -> Iterator[None]:
    """Seed the global generators of Python, NumPy and torch, and put them back afterwards.

    Transforms of mmcv draw from NumPy's. Seeded by the :class:`~mmacl.datasets.DrawnVideo`, they draw the same in any
    worker and after a resume; put back, they change nothing else that is drawn.

    Args:
        seed: at least 0.
    """
    import torch  # already there when a pipeline has transforms; browsing and checking need none

    python, numpy, torch_state = random.getstate(), get_bit_generator(), torch.get_rng_state()
    try:
        random.seed(seed)
        set_bit_generator(np.random.PCG64(seed))
        torch.default_generator.manual_seed(seed)
        yield
    finally:
        random.setstate(python)
        set_bit_generator(numpy)
        torch.set_rng_state(torch_state)
