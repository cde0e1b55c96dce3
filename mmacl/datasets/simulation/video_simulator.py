"""Simulated videos, each drawn alone from its own seed, and the store of their features."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.annotations import VideoRecord
from mmacl.datasets.simulation.content import pick, render, write_script
from mmacl.datasets.simulation.draws import Purpose, generator
from mmacl.datasets.simulation.recipe import RECIPE, SUBSETS, Recipe, SimulationSettings
from mmacl.datasets.simulation.timeline import Timeline, draw_timeline
from mmacl.datasets.simulation.world import build_world
from mmacl.datasets.stores import Features, FeatureStore, MissingFeaturesError


class VideoSimulator:
    """Draw timelines and features of a simulated data set.

    Training and test videos share one world: the same actions, scenes and read-outs, but other videos. A video depends
    on the settings, its subset and its index, and on no other video.

    Args:
        settings: size and seed.
        recipe: the simulator's numbers; with other numbers it is another generator.

    Attributes:
        class_frequencies: (C,), the probabilities with which classes are drawn, of both subsets; see ``imbalance``.
    """

    def __init__(self, settings: SimulationSettings, recipe: Recipe = RECIPE) -> None:
        self.settings = settings
        if settings.two_class_rate is not None:
            recipe = replace(recipe, companion_rate=settings.two_class_rate)
        self.recipe = recipe
        seed = settings.seed if settings.world_seed is None else settings.world_seed
        self.world = build_world(settings.num_classes, settings.feature_dim, seed, recipe)
        self.class_frequencies = self._draw_frequencies()

    @property
    def modalities(self) -> tuple[str, ...]:
        """Names of the streams."""
        return tuple(self.world.streams)

    def video_name(self, subset: str, index: int) -> str:
        """The name of a video, which says that it is simulated."""
        return f'simulated_{subset}_{index:05d}'

    def main_class(self, subset: str, index: int) -> int:
        """The class that a video is about.

        Each block of C videos has every class once, in random order. With an imbalance only the first one has, and
        the class of a later video is drawn.
        """
        num_classes, seed, part = self.settings.num_classes, self.settings.seed, SUBSETS.index(subset)
        block, place = divmod(index, num_classes)
        if block and self.settings.imbalance > 1:
            return pick(generator(seed, Purpose.VARIATION, part, index, 1).random(), self.class_frequencies)
        return int(generator(seed, Purpose.CASTING, part, block).permutation(num_classes)[place])

    def timeline(self, subset: str, index: int) -> Timeline:
        """Duration and ground truth of a video."""
        seed, part = self.settings.seed, SUBSETS.index(subset)
        rng = generator(seed, Purpose.TIMELINE, part, index)
        main_class = self.main_class(subset, index)
        timeline = draw_timeline(rng, main_class, self.world, self.recipe, self.settings.full_length)
        rate = self.settings.no_action_rate
        if rate and generator(seed, Purpose.VARIATION, part, index, 2).random() < rate:
            timeline = replace(timeline, segments=timeline.segments[:0], classes=timeline.classes[:0])
        return timeline

    def record(self, subset: str, index: int) -> VideoRecord:
        """Annotations of a video; an instance of a special case is listed twice, once with each label."""
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
            segments=np.reshape(segments, (-1, 2)),
            labels=tuple(labels),
        )

    def features(self, subset: str, index: int, modality: str) -> NDArray[np.float32]:
        """Features of one stream, (T, D), not negative."""
        stream = self.modalities.index(modality)
        place = (self.settings.seed, Purpose.CONTENT, SUBSETS.index(subset), index)
        # Both streams see one script; their views of it and their noise are drawn independently.
        script = write_script(generator(*place, 0), self.timeline(subset, index), self.world, self.recipe)
        view = self.recipe.streams()[modality]
        return render(generator(*place, 1 + stream), script, self.world.streams[modality], view, self.recipe)

    def _draw_frequencies(self) -> NDArray[np.float64]:
        num_classes = self.settings.num_classes
        ranks = generator(self.settings.seed, Purpose.VARIATION).permutation(num_classes)
        frequencies = self.settings.imbalance ** (-ranks / (num_classes - 1))
        return np.asarray(frequencies / frequencies.sum())


class SimulatedStore(FeatureStore):
    """Features that are drawn on request.

    Nothing is kept: a video takes a few milliseconds, and a :class:`CachedStore` around this store keeps what fits.

    Args:
        simulator: draws the videos.
        subset: ``'train'`` or ``'test'``.
        num_videos: number of videos, the first of the subset.
    """

    layouts = ('in memory: simulated videos',)

    def __init__(self, simulator: VideoSimulator, subset: str, num_videos: int) -> None:
        self.simulator = simulator
        self.subset = subset
        self._indices = {simulator.video_name(subset, index): index for index in range(num_videos)}

    def load(self, video: str, modality: str) -> Features:
        """Features of a video, (T, D) float32, not negative.

        Raises:
            MissingFeaturesError: there is no such video or stream.
        """
        return self.simulator.features(self.subset, self._index(video, modality), modality)

    def shape(self, video: str, modality: str) -> tuple[int, int]:
        """T and D, without drawing the features.

        Raises:
            MissingFeaturesError: there is no such video or stream.
        """
        timeline = self.simulator.timeline(self.subset, self._index(video, modality))
        return timeline.num_snippets, self.simulator.settings.feature_dim

    def list_videos(self, modality: str) -> tuple[str, ...]:
        """Names of all videos, in alphabetical order."""
        return tuple(self._indices) if modality in self.simulator.modalities else ()

    def describe(self, video: str, modality: str) -> str:
        """The features, for messages."""
        return f'simulated {modality} features of video {video!r}'

    def _index(self, video: str, modality: str) -> int:
        """Index of the video in its subset."""
        if video not in self._indices or modality not in self.simulator.modalities:
            streams = ' and '.join(self.simulator.modalities)
            raise MissingFeaturesError(
                'not simulated',
                file=self.describe(video, modality),
                remedy=(f'there are {len(self._indices)} videos of subset {self.subset!r} with the streams {streams}'),
            )
        return self._indices[video]
