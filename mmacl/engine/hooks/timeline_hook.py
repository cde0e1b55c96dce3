"""Draws the timelines of a test run (Fig. 5)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmengine.hooks import Hook

from mmacl.registry import HOOKS
from mmacl.structures import ActionDataSample


@HOOKS.register_module()
class TimelineHook(Hook):
    """Draw ``<video>.png``: ground truth, detections and both attentions along the video.

    Args:
        show_dir: the folder.
    """

    def __init__(self, show_dir: str) -> None:
        self.show_dir = Path(show_dir)

    def after_test_iter(
        self, runner: Any, batch_idx: int, data_batch: Any = None, outputs: Sequence[ActionDataSample] | None = None
    ) -> None:
        """Draw the videos of a batch."""
        for sample in outputs or ():
            name = sample.video_name
            runner.visualizer.add_datasample(name, None, sample, out_file=str(self.show_dir / f'{name}.png'))
