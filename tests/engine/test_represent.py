"""Representations of videos equal the formulas of Sec. 3.3 and Eq. 2."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from mmacl.clustering import VideoPooling
from mmacl.engine import represent, represent_videos, visit_videos
from mmacl.engine.represent import as_batch, represent_actions
from mmacl.models import BaseLocalizer
from mmacl.structures import SnippetPrediction
from mmacl.utils import InputError


class Dataset:
    video_names = ('a', 'b')

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self.videos = [{m: rng.random((t, 3)).astype(np.float16) for m in ('rgb', 'flow')} for t in (4, 6)]

    def __len__(self) -> int:
        return 2

    def load_features(self, index: int):
        return self.videos[index]


class Model(BaseLocalizer):
    """Attention that grows along the video, and differs between streams."""

    def __init__(self) -> None:
        super().__init__({'rgb': 3, 'flow': 3}, 2)
        self.weight = torch.nn.Parameter(torch.ones(1))

    def loss(self, features, mask, targets):
        return {'loss': self.weight.sum()}

    def predict(self, features, mask):
        return SnippetPrediction(mask[..., None].float().expand(-1, -1, 2), mask.new_zeros((len(mask), 2)).float())

    def snippet_weights(self, features, mask):
        assert not self.training
        assert all(x.dtype == torch.float32 for x in features.values())
        steps = torch.arange(mask.shape[1], dtype=torch.float32)[None]
        found = {'rgb': torch.softmax(steps, 1), 'flow': torch.softmax(-steps, 1)}
        return {name: found[name] for name in features}


class OwnRepresentation(Model):
    """Represents a video by its length."""

    def represent(self, features, mask):
        return mask.sum(dim=1, keepdim=True).float()


def loop_representation(video, weights):
    streams = []
    for modality in ('rgb', 'flow'):
        total = np.zeros(3)
        for t, row in enumerate(video[modality]):
            total += weights[modality][t] * row.astype(np.float64)
        streams.append(total / np.sqrt((total**2).sum()))
    return np.concatenate(streams)


def test_attention_weighted_and_uniform():
    dataset, model = Dataset(), Model().train()
    found = represent_videos(model, dataset)
    uniform = represent_videos(model, dataset, uniform=True)
    assert model.training
    for index, video in enumerate(dataset.videos):
        length = len(video['rgb'])
        rising = np.exp(np.arange(length)) / np.exp(np.arange(length)).sum()
        expected = loop_representation(video, {'rgb': rising, 'flow': rising[::-1]})
        np.testing.assert_allclose(found[index], expected, rtol=1e-5)
        flat = np.full(length, 1 / length)
        np.testing.assert_allclose(uniform[index], loop_representation(video, {'rgb': flat, 'flow': flat}), rtol=1e-6)


def test_a_method_may_represent_videos_in_its_own_way():
    found = represent_videos(OwnRepresentation(), Dataset())
    assert found.dtype == np.float64
    assert found.tolist() == [[4], [6]]


@pytest.mark.parametrize('uniform', [True, False])
def test_a_pooling_takes_the_weights_of_the_method_or_those_of_the_first_round(uniform):
    dataset = Dataset()
    pooling = VideoPooling(initial=dict(type='SalientWeights'), transform=dict(type='AttentionFloor'), centred=True)
    found = represent_videos(Model(), dataset, uniform, pooling)
    pooled = []
    for video in dataset.videos:
        length = len(video['rgb'])
        rising = np.exp(np.arange(length)) / np.exp(np.arange(length)).sum()
        pooled.append(pooling.pool(video, None if uniform else {'rgb': rising, 'flow': rising[::-1]}))
    np.testing.assert_allclose(found, pooling.represent(pooled), rtol=1e-4)
    with pytest.raises(InputError, match='OwnRepresentation represents videos in a way of its own'):
        represent_videos(OwnRepresentation(), dataset, uniform, pooling)


@pytest.mark.parametrize('uniform', [True, False])
def test_only_streams_of_the_model_count_in_every_round(uniform):
    dataset, model = Dataset(), Model()
    del model.in_channels['flow']
    assert represent_videos(model, dataset, uniform).shape == (2, 3)
    model.in_channels['depth'] = 3
    with pytest.raises(InputError, match="names the stream 'depth', but the data set loads rgb, flow"):
        represent_videos(model, dataset, uniform)


def test_annotated_action_weighs_alike_and_a_video_without_any_weighs_all_alike():
    class Annotated(Dataset):
        def timing(self, index: int):
            return SimpleNamespace(snippet_duration=2.0, offset=0.0)

        def record(self, index: int):
            return SimpleNamespace(segments=np.array([[2.0, 6.0]])) if index == 0 else None

    found = represent_actions(Annotated())
    weights = [np.array([0, 0.5, 0.5, 0]), np.full(6, 1 / 6)]
    for row, video, weight in zip(found, Annotated().videos, weights, strict=True):
        np.testing.assert_allclose(row, loop_representation(video, {'rgb': weight, 'flow': weight}), rtol=1e-6)


def test_visits_every_video_in_order_and_in_eval_mode():
    model = Model().train()

    def visit(name, features):
        assert not model.training
        assert not torch.is_grad_enabled()
        batch, mask = as_batch(features, model)
        return name, list(batch), batch['rgb'].shape[1], int(mask.sum())

    assert visit_videos(model, Dataset(), visit) == {
        'a': ('a', ['rgb', 'flow'], 4, 4),
        'b': ('b', ['rgb', 'flow'], 6, 6),
    }
    assert model.training


def test_many_representations_are_in_a_file_that_vanishes(monkeypatch):
    dataset, model = Dataset(), Model()
    expected = represent_videos(model, dataset)
    monkeypatch.setattr(represent, 'IN_MEMORY_BYTES', 90)
    monkeypatch.setattr(represent, '_PART', 1)
    found = represent_videos(model, dataset)
    assert isinstance(found, np.memmap)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, expected.astype(np.float32))
    monkeypatch.setattr(represent, 'IN_MEMORY_BYTES', 96)
    np.testing.assert_array_equal(represent_videos(model, dataset), expected)
