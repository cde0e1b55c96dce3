"""Features that are drawn when they are asked for."""

from __future__ import annotations

from mmacl.datasets.simulation.video_simulator import VideoSimulator
from mmacl.datasets.stores import Features, FeatureStore, MissingFeaturesError


class SimulatedStore(FeatureStore):
    """Features of some simulated videos.

    Nothing is kept: a video takes a few milliseconds, and a :class:`CachedStore` around this store keeps what fits.

    Args:
        simulator: what draws the videos.
        subset: ``'train'`` or ``'test'``.
        num_videos: the first so many videos of the subset.
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
        """What the features are, for messages."""
        return f'simulated {modality} features of video {video!r}'

    def _index(self, video: str, modality: str) -> int:
        """Where the video stands in its subset."""
        if video not in self._indices or modality not in self.simulator.modalities:
            streams = ' and '.join(self.simulator.modalities)
            raise MissingFeaturesError(
                'not simulated',
                file=self.describe(video, modality),
                remedy=(f'there are {len(self._indices)} videos of subset {self.subset!r} with the streams {streams}'),
            )
        return self._indices[video]
