"""A video to draw, many videos, and what a legible figure is."""

import numpy as np
import pytest
import torch
from matplotlib.text import Text
from mmengine.structures import InstanceData

from mmacl.structures import ActionDataSample


@pytest.fixture
def make_sample():
    """Build a sample with so many instances and detections; ``without`` names fields that it lacks."""

    def make(num_instances=3, num_detections=6, without=(), duration=60.0, **meta):
        rng = np.random.default_rng(0)
        starts = np.linspace(1, duration - 3, num_instances)
        found = np.linspace(0, duration - 4, num_detections)
        fields = {
            'gt_instances': InstanceData(
                segments=np.stack([starts, starts + 2], axis=1).reshape(-1, 2), labels=np.arange(num_instances) % 2
            ),
            'pred_instances': InstanceData(
                segments=np.stack([found, found + 3], axis=1).reshape(-1, 2),
                labels=np.arange(num_detections) % 3,
                scores=np.linspace(0.9, -0.1, num_detections),
                clusters=np.arange(num_detections) % 3,
            ),
            'class_specific_attention': torch.from_numpy(rng.normal(size=(60, 4))),
            'class_agnostic_attention': torch.full((60,), 1 / 60),
            'video_scores': torch.tensor([0.1, 0.6, 0.2, 0.1]),
        }
        sample = ActionDataSample(
            metainfo={
                'video_name': 'video_7',
                'duration': duration,
                'num_snippets': 60,
                'snippet_duration': duration / 60,
                'offset': 0.0,
                **meta,
            }
        )
        for key, value in fields.items():
            if key not in without:
                setattr(sample, key, value)
        return sample

    return make


@pytest.fixture
def texts():
    """All texts of a figure, each with its axes' number."""

    def find(figure):
        found = [figure.get_suptitle()]
        for axis in figure.axes:
            found += [text.get_text() for text in (*axis.texts, *axis.get_yticklabels())]
        return found

    return find


@pytest.fixture
def make_videos():
    """Simulated representations, classes and clusters of N videos; later rounds tell classes better apart."""

    def make(num_videos, num_classes, dims=16, num_clusters=None, rounds=(1, 2, 3), seed=0):
        rng = np.random.default_rng(seed)
        classes = rng.integers(0, num_classes, num_videos)
        centres = rng.normal(size=(num_classes, dims))
        rows = {r: centres[classes] + rng.normal(size=(num_videos, dims)) / r for r in rounds}
        clusters = rng.integers(0, num_clusters or num_classes, num_videos)
        clusters = np.where(rng.random(num_videos) < 0.6, classes % (num_clusters or num_classes), clusters)
        names = tuple(f'Playing the bagpipes {c}' if c % 3 else f'Jump {c}' for c in range(num_classes))
        return rows, classes, clusters, names

    return make


@pytest.fixture
def check_legible():
    """Every text lies within the figure, none touches another, and the picture is neither tiny nor huge."""

    def check(figure):
        figure.draw_without_rendering()  # places are all that is looked at
        width, height = figure.canvas.get_width_height()
        assert 200 <= width <= 1900
        assert 150 <= height <= 1900
        texts = _drawn(figure)
        boxes = np.array([text.get_window_extent().extents for text in texts])
        outside = (
            (boxes[:, 0] < -0.5) | (boxes[:, 1] < -0.5) | (boxes[:, 2] > width + 0.5) | (boxes[:, 3] > height + 0.5)
        )
        assert not outside.any(), [texts[i].get_text() for i in np.flatnonzero(outside)]
        low, high = boxes[:, None, :2], boxes[:, None, 2:]
        touch = ((low < boxes[:, 2:] - 0.5) & (boxes[:, :2] + 0.5 < high)).all(axis=2)
        pairs = np.argwhere(np.triu(touch, 1))
        assert not len(pairs), [(texts[i].get_text(), texts[j].get_text()) for i, j in pairs[:5]]
        assert min(text.get_fontsize() for text in texts) >= 5
        return texts

    return check


def _drawn(figure):
    """Texts that are drawn: not those of axes that are switched off, nor labels of ticks beyond the limits."""
    left_out = set()
    for axis in figure.axes:
        ticks = {tick for line in (axis.xaxis, axis.yaxis) for tick in (*line.majorTicks, *line.minorTicks)}
        shown = {tick for line in (axis.xaxis, axis.yaxis) for tick in line._update_ticks()} if axis.axison else set()
        left_out |= {label for tick in ticks - shown for label in (tick.label1, tick.label2)}
        if not axis.axison:
            left_out |= {*axis.xaxis.findobj(Text), *axis.yaxis.findobj(Text)}
    texts = figure.findobj(lambda artist: isinstance(artist, Text) and artist not in left_out)
    return [text for text in texts if text.get_visible() and text.get_text().strip()]
