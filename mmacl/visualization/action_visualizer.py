"""The visualizer that runners and hooks use to draw videos."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from mmengine.dist import master_only
from mmengine.visualization import Visualizer
from numpy.typing import NDArray

from mmacl.registry import VISUALIZERS
from mmacl.structures import ActionDataSample
from mmacl.visualization.figures import figure_to_rgb, save_image
from mmacl.visualization.round_picture_methods import RoundPictureMethods
from mmacl.visualization.timeline import draw_timeline

# Backends of matplotlib that only write files; pyplot falls back to the first where there is no display.
_WITHOUT_WINDOW = ('agg', 'cairo', 'pdf', 'pgf', 'ps', 'svg', 'template')


@VISUALIZERS.register_module()
class ActionVisualizer(RoundPictureMethods, Visualizer):
    """Draw untrimmed videos: mmengine's :class:`Visualizer` with a timeline (Fig. 5) for a data sample.

    The methods of :class:`RoundPictureMethods` draw the rounds. No display is needed. Where a call does not give the
    names of the actions, or say whether the videos are simulated, both come from the data set's meta information
    (``dataset_meta``, set by the Runner).

    Args:
        name: name of the instance.
        max_detections: draw at most this many of the best detections of a video.
        **kwargs: arguments of :class:`mmengine.visualization.Visualizer`, such as ``vis_backends`` and ``save_dir``.
    """

    def __init__(self, name: str = 'visualizer', max_detections: int = 100, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.max_detections = max_detections

    def draw_timeline(
        self,
        data_sample: ActionDataSample,
        class_names: Sequence[str] | None = None,
        draw_gt: bool = True,
        draw_pred: bool = True,
        rounds: Mapping[int, Any] | None = None,
    ) -> NDArray[np.uint8]:
        """Draw one video; see :func:`~mmacl.visualization.draw_timeline`.

        Args:
            data_sample: the video.
            class_names: names by label; None: those of the data set.
            draw_gt: whether ground truth is drawn.
            draw_pred: whether detections and attentions are drawn.
            rounds: round -> detections; one panel for each round.

        Returns:
            RGB image, (H, W, 3).
        """
        meta = self._dataset_meta or {}
        figure = draw_timeline(
            data_sample,
            meta.get('classes') if class_names is None else class_names,
            draw_gt=draw_gt,
            draw_pred=draw_pred,
            max_detections=self.max_detections,
            simulated=bool(meta.get('simulated', False)),
            rounds=rounds,
        )
        return figure_to_rgb(figure)

    @master_only
    def add_datasample(
        self,
        name: str,
        image: NDArray[Any] | None = None,
        data_sample: ActionDataSample | None = None,
        draw_gt: bool = True,
        draw_pred: bool = True,
        show: bool = False,
        wait_time: float = 0,
        out_file: str | Path | None = None,
        step: int = 0,
        rounds: Mapping[int, Any] | None = None,
    ) -> None:
        """Draw one video, then show it, write it, or pass it to the backends.

        Args:
            name: title of the window, and name of the image for the backends.
            image: not used, since a video has no single image; kept for the interface of mmengine's visualizers.
            data_sample: the video; None: draw nothing.
            draw_gt: whether ground truth is drawn.
            draw_pred: whether detections and attentions are drawn.
            show: open a window; without a display, warn.
            wait_time: seconds before the window closes; 0: until a key is pressed.
            out_file: write a PNG file here.
            step: global step for the backends, which get the image if it is neither shown nor written.
            rounds: round -> detections; one panel for each round.
        """
        if data_sample is None:
            return
        drawn = self.draw_timeline(data_sample, draw_gt=draw_gt, draw_pred=draw_pred, rounds=rounds)
        if show:
            self._show(drawn, name, wait_time)
        if out_file is not None:
            save_image(drawn, out_file)
        if not show and out_file is None:
            self.add_image(name, drawn, step)

    @master_only
    def add_scalars(
        self, scalar_dict: dict[str, Any], step: int = 0, file_path: str | None = None, **kwargs: Any
    ) -> None:
        """Write values to the backends, with ``simulated`` where the videos are simulated."""
        simulated = bool((self._dataset_meta or {}).get('simulated', False))
        super().add_scalars({**scalar_dict, **({'simulated': True} if simulated else {})}, step, file_path, **kwargs)

    def _hand_over(self, name: str, image: NDArray[np.uint8], step: int) -> None:
        self.add_image(name, image, step)

    def _show(self, drawn: NDArray[np.uint8], name: str, wait_time: float) -> None:
        """Open a window; warn where there is no display."""
        # Imported only here, since pyplot chooses a backend for the whole process.
        from matplotlib import pyplot

        if pyplot.get_backend().lower() in _WITHOUT_WINDOW:
            warnings.warn(f'{name}: no display; set out_file to write a picture instead', stacklevel=3)
            return
        self.show(drawn, win_name=name, wait_time=wait_time)
