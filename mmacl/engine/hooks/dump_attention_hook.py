"""Writes the attention of a test run."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from mmengine.hooks import Hook

from mmacl.registry import HOOKS
from mmacl.structures import ActionDataSample
from mmacl.utils.files import write_bytes_atomically


@HOOKS.register_module()
class DumpAttentionHook(Hook):
    """Write one ``<video>.npz`` a video.

    Each holds ``class_specific_attention`` (T, C), ``class_agnostic_attention`` (T,) if the method has it,
    ``video_scores`` (C,), and the timing: ``snippet_duration`` and ``offset`` in seconds.

    Args:
        out_dir: the folder.
    """

    def __init__(self, out_dir: str) -> None:
        self.out_dir = Path(out_dir)

    def after_test_iter(
        self, runner: Any, batch_idx: int, data_batch: Any = None, outputs: Sequence[ActionDataSample] | None = None
    ) -> None:
        """Write the videos of a batch."""
        for sample in outputs or ():
            buffer = io.BytesIO()
            fields = ('class_specific_attention', 'class_agnostic_attention', 'video_scores')
            np.savez(
                buffer,
                **{name: sample.get(name).cpu().numpy() for name in fields if name in sample},
                snippet_duration=np.float64(sample.snippet_duration),
                offset=np.float64(sample.offset),
            )
            write_bytes_atomically(self.out_dir / f'{sample.video_name}.npz', buffer.getvalue())
