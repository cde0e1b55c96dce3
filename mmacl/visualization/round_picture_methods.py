"""The pictures of rounds as methods of a visualizer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from mmengine.dist import master_only
from numpy.typing import ArrayLike, NDArray

from mmacl.visualization.affinity_plot import draw_affinity
from mmacl.visualization.confusion_plot import draw_confusion
from mmacl.visualization.embedding_plot import draw_embedding, embed_videos
from mmacl.visualization.figures import figure_to_rgb
from mmacl.visualization.round_curves import draw_round_curves
from mmacl.visualization.training_curves import Curve, draw_training_curves
from mmacl.visualization.video_sample import sample_videos

Image = NDArray[np.uint8]


class RoundPictureMethods:
    """Draw rounds: ``draw_*`` returns an RGB image, ``add_*`` passes it to the backends of the visualizer.

    Where a call does not give the names of the classes, or say whether the videos are simulated, both come from the
    data set's meta information. ``add_*`` works in the main process only. Further keyword arguments are those of the
    function of the same name in :mod:`mmacl.visualization`.
    """

    def draw_affinity(self, representations: Mapping[int, ArrayLike], groups: ArrayLike, **options: Any) -> Image:
        """Draw affinity matrices; see :func:`~mmacl.visualization.draw_affinity`."""
        return figure_to_rgb(draw_affinity(representations, groups, **self._known('group_names', options)))

    def draw_confusion(self, counts: ArrayLike, **options: Any) -> Image:
        """Draw clusters against classes; see :func:`~mmacl.visualization.draw_confusion`."""
        return figure_to_rgb(draw_confusion(counts, **self._known('class_names', options)))

    def draw_embedding(self, representations: ArrayLike, classes: ArrayLike, seed: int = 0, **options: Any) -> Image:
        """Draw videos in two dimensions, as :func:`~mmacl.visualization.embed_videos` maps them; of many, a sample.

        Args:
            representations: (N, D).
            classes: (N,); see :func:`~mmacl.visualization.draw_embedding`.
            seed: of the map.
            **options: of :func:`~mmacl.visualization.draw_embedding`.
        """
        groups = np.asarray(classes, dtype=np.int64)
        chosen = sample_videos(groups)
        points = embed_videos(np.asarray(representations)[chosen], seed)
        known = {'out_of': len(groups), **self._known('class_names', options)}
        return figure_to_rgb(draw_embedding(points, groups[chosen], **known))

    def draw_training_curves(self, losses: Mapping[str, Curve], **options: Any) -> Image:
        """Draw losses by step; see :func:`~mmacl.visualization.draw_training_curves`."""
        return figure_to_rgb(draw_training_curves(losses, **self._known(None, options)))

    def draw_round_curves(self, rows: Sequence[Mapping[str, Any]], **options: Any) -> Image:
        """Draw clustering and mAP by round; see :func:`~mmacl.visualization.draw_round_curves`."""
        return figure_to_rgb(draw_round_curves(rows, **self._known(None, options)))

    @master_only
    def add_affinity(
        self,
        representations: Mapping[int, ArrayLike],
        groups: ArrayLike,
        name: str = 'affinity',
        step: int = 0,
        **options: Any,
    ) -> None:
        """Pass :meth:`draw_affinity` to the backends under a name and a step."""
        self._hand_over(name, self.draw_affinity(representations, groups, **options), step)

    @master_only
    def add_confusion(self, counts: ArrayLike, name: str = 'confusion', step: int = 0, **options: Any) -> None:
        """Pass :meth:`draw_confusion` to the backends under a name and a step."""
        self._hand_over(name, self.draw_confusion(counts, **options), step)

    @master_only
    def add_embedding(
        self,
        representations: ArrayLike,
        classes: ArrayLike,
        seed: int = 0,
        name: str = 'embedding',
        step: int = 0,
        **options: Any,
    ) -> None:
        """Pass :meth:`draw_embedding` to the backends under a name and a step."""
        self._hand_over(name, self.draw_embedding(representations, classes, seed, **options), step)

    @master_only
    def add_training_curves(
        self, losses: Mapping[str, Curve], name: str = 'training_curves', step: int = 0, **options: Any
    ) -> None:
        """Pass :meth:`draw_training_curves` to the backends under a name and a step."""
        self._hand_over(name, self.draw_training_curves(losses, **options), step)

    @master_only
    def add_round_curves(
        self, rows: Sequence[Mapping[str, Any]], name: str = 'round_curves', step: int = 0, **options: Any
    ) -> None:
        """Pass :meth:`draw_round_curves` to the backends under a name and a step."""
        self._hand_over(name, self.draw_round_curves(rows, **options), step)

    def _known(self, key_of_names: str | None, options: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments, completed from the data set's meta information."""
        meta: dict[str, Any] = getattr(self, 'dataset_meta', None) or {}
        known: dict[str, Any] = {'simulated': bool(meta.get('simulated', False))}
        if key_of_names is not None:
            known[key_of_names] = meta.get('classes')
        return {**known, **options}

    def _hand_over(self, name: str, image: Image, step: int) -> None:
        """Pass an image to all backends; the visualizer implements it."""
        raise NotImplementedError
