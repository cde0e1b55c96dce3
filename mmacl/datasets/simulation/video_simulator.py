"""Simulated videos, each drawn from its own seed, so that any one can be had alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.annotations import VideoRecord
from mmacl.datasets.simulation.content import render, write_script
from mmacl.datasets.simulation.draws import Purpose, generator
from mmacl.datasets.simulation.recipe import RECIPE, Recipe
from mmacl.datasets.simulation.settings import SUBSETS, SimulationSettings
from mmacl.datasets.simulation.timeline import Timeline, draw_timeline
from mmacl.datasets.simulation.world import build_world


class VideoSimulator:
    """Draws timelines and features of a simulated data set.

    Training and test videos live in one world: the same actions, scenes and read-outs, but other videos. What a video
    is depends on the settings, its subset and its index, and on no other video.

    Args:
        settings: size and seed.
        recipe: the simulator's numbers; anything but the default is another generator.
    """

    def __init__(self, settings: SimulationSettings, recipe: Recipe = RECIPE) -> None:
        self.settings = settings
        self.recipe = recipe
        seed = settings.seed if settings.world_seed is None else settings.world_seed
        self.world = build_world(settings.num_classes, settings.feature_dim, seed, recipe)

    @property
    def modalities(self) -> tuple[str, ...]:
        """Names of the streams."""
        return tuple(self.world.streams)

    def video_name(self, subset: str, index: int) -> str:
        """A name that says what the video is."""
        return f'simulated_{subset}_{index:05d}'

    def main_class(self, subset: str, index: int) -> int:
        """The class that a video is made for: each block of C videos has every class once, in random order."""
        num_classes = self.settings.num_classes
        block, place = divmod(index, num_classes)
        order = generator(self.settings.seed, Purpose.CASTING, SUBSETS.index(subset), block).permutation(num_classes)
        return int(order[place])

    def timeline(self, subset: str, index: int) -> Timeline:
        """Duration and ground truth of a video."""
        rng = generator(self.settings.seed, Purpose.TIMELINE, SUBSETS.index(subset), index)
        main_class = self.main_class(subset, index)
        return draw_timeline(rng, main_class, self.world, self.recipe, self.settings.full_length)

    def record(self, subset: str, index: int) -> VideoRecord:
        """Annotations of a video; an instance of a special case stands there twice, with either label."""
        timeline, names = self.timeline(subset, index), self.settings.class_names
        segments, labels = [], []
        for segment, c in zip(timeline.segments, timeline.classes, strict=True):
            for label in (c, self.world.parents[c]):
                if label >= 0:
                    segments.append(segment)
                    labels.append(names[label])
        return VideoRecord(
            video_name=self.video_name(subset, index),
            subset=subset,
            duration=timeline.duration,
            segments=np.stack(segments),
            labels=tuple(labels),
        )

    def features(self, subset: str, index: int, modality: str) -> NDArray[np.float32]:
        """Features of one stream, (T, D), not negative."""
        stream = self.modalities.index(modality)
        place = (self.settings.seed, Purpose.CONTENT, SUBSETS.index(subset), index)
        # Both streams see one script; what varies their views of it, and their noise, is drawn independently.
        script = write_script(generator(*place, 0), self.timeline(subset, index), self.world, self.recipe)
        view = self.recipe.streams()[modality]
        return render(generator(*place, 1 + stream), script, self.world.streams[modality], view, self.recipe)
