from __future__ import annotations

import pytest
import torch

from mmacl.models import ATTENTIONS
from mmacl.models.localizers import LengthGroups, VideoTargets
from mmacl.registry import MODELS
from mmacl.utils import InputError

LENGTHS = [6, 1, 3, 8, 2, 5]
CLUSTERS = torch.tensor([0, 0, 1, 1, 2, 2])
RELEASE = {
    'backbone': {'type': 'ReleaseFAB', 'base_channels': 4, 'branch_channels': 3},
    'class_specific_head': {'type': 'ClassSpecificHead', 'hidden_channels': None},
    'class_agnostic_head': {'type': 'ClassAgnosticHead', 'hidden_channels': None},
}


@pytest.fixture
def make_stream(stream_config, randomise):
    def make(**changes):
        return randomise(MODELS.build({**stream_config, 'in_channels': 5, 'num_clusters': 3, **changes})).double()

    return make


def softmax(values):
    values = torch.tensor([v.item() for v in values], dtype=torch.float64).exp()
    return (values / values.sum()).tolist()


def test_output_is_zero_at_padding_and_p_is_that_of_section_3_6(make_stream, make_batch):
    stream = make_stream()
    x, mask = make_batch([4, 2], extra=1, padding=5.0)
    output = stream(x, mask)
    for name, field in output._asdict().items():
        if name != 'video_logits':
            assert not field[~mask].any(), name
            assert field[mask].any(), name
    for b in range(2):
        for c in range(3):
            scores = output.class_agnostic_logits[b, mask[b]].softmax(0)
            p = sum(output.class_specific_attention[b, t, c] * s for t, s in enumerate(scores))
            assert abs(output.video_logits[b, c] - p) < 1e-12


@pytest.mark.parametrize('attention', ATTENTIONS)
@pytest.mark.parametrize('max_groups', [1, 3])
def test_pooled_videos_as_loops(make_stream, make_batch, attention, max_groups):
    stream = make_stream(attention=attention)
    x, mask = make_batch(LENGTHS, extra=1, padding=3.0)
    pooled = stream.pool(x, mask, CLUSTERS, LengthGroups.plan(mask, max_groups))
    for i, length in enumerate(LENGTHS):
        out = stream(x[i : i + 1, :length], mask[i : i + 1, :length])
        x_cs, x_ca = out.class_specific_features[0], out.class_agnostic_features[0]
        cas, s = out.class_specific_attention[0], out.class_agnostic_logits[0]
        s_hat = softmax(s)
        weights = {'softmax': s_hat, 'raw': s.tolist(), 'sigmoid': [1 / (1 + torch.exp(-v)).item() for v in s]}
        a_hat = softmax(cas[:, CLUSTERS[i]])
        steps = range(length)
        expected = {
            'video_logits': sum(s_hat[t] * cas[t] for t in steps),
            'representations': sum(weights[attention][t] * x_ca[t] for t in steps),
            'actions': sum(a_hat[t] * x_cs[t] for t in steps),
            'backgrounds': sum((1 - a_hat[t]) * x_cs[t] for t in steps) / max(length - 1, 1),
        }
        for name, value in expected.items():
            torch.testing.assert_close(getattr(pooled, name)[i], value, rtol=1e-10, atol=1e-12)
        assert pooled.has_background[i].item() == (length > 1)


@pytest.mark.parametrize('changes', [{}, RELEASE, {'backbone': {'type': 'Conv1D'}}], ids=['paper', 'release', 'conv1d'])
def test_padding_changes_nothing(make_stream, assert_blind_to_padding, changes):
    stream = make_stream(**changes)
    assert_blind_to_padding(lambda x, mask: stream(x, mask).class_specific_attention)
    assert_blind_to_padding(lambda x, mask: stream(x, mask).video_logits, per_snippet=False)
    assert_blind_to_padding(stream.attend)
    for field in range(4):
        assert_blind_to_padding(
            lambda x, mask, field=field: stream.pool(x, mask, CLUSTERS[: len(x)] * 0)[field], per_snippet=False
        )


@pytest.mark.parametrize('changes', [{}, RELEASE], ids=['paper', 'release'])
def test_groups_change_nothing(make_stream, make_batch, changes):
    stream = make_stream(**changes)
    x, mask = make_batch(LENGTHS, extra=2, padding=4.0)
    groups = LengthGroups.plan(mask, 4)
    assert len(groups.rows) == 4
    for found, expected in (
        (stream(x, mask, groups), stream(x, mask)),
        (stream.pool(x, mask, CLUSTERS, groups), stream.pool(x, mask, CLUSTERS)),
        ([stream.attend(x, mask, groups)], [stream(x, mask).class_agnostic_attention]),
    ):
        for a, b in zip(found, expected, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-11, atol=1e-12)


def test_groups_do_not_change_what_is_dropped(make_stream, make_batch):
    stream = make_stream(input_dropout=0.5)
    x, mask = make_batch(LENGTHS)
    torch.manual_seed(1)
    whole = stream.pool(x, mask, CLUSTERS)
    torch.manual_seed(1)
    cut = stream.pool(x, mask, CLUSTERS, LengthGroups.plan(mask, 3))
    torch.testing.assert_close(whole.actions, cut.actions)
    stream.eval()
    assert not torch.allclose(stream.pool(x, mask, CLUSTERS).actions, whole.actions)


def test_losses_get_what_the_paper_says(make_stream, make_batch, make_samples):
    stream = make_stream(attention='softmax')
    x, mask = make_batch(LENGTHS)
    targets = VideoTargets.from_samples(make_samples(CLUSTERS.tolist()), 3, x.device)
    pooled = stream.pool(x, mask, CLUSTERS)
    losses = stream.loss(pooled, targets)
    assert list(losses) == ['loss_cls', 'loss_trip', 'loss_abs']
    cls = -pooled.video_logits.log_softmax(1)[torch.arange(6), CLUSTERS].sum()
    torch.testing.assert_close(losses['loss_cls'], cls)
    trip = stream.triplet_loss(pooled.representations, targets.labels, targets.video_ids)
    torch.testing.assert_close(losses['loss_trip'], trip)
    separation = stream.separation_loss(pooled.actions, pooled.backgrounds, torch.tensor(LENGTHS) > 1, *targets[1:3])
    torch.testing.assert_close(losses['loss_abs'], separation)


def test_a_loss_of_none_is_off(make_stream, make_batch, make_samples, stream_config):
    losses = {**stream_config['losses'], 'triplet': None}
    del losses['separation']
    stream = make_stream(losses=losses)
    x, mask = make_batch(LENGTHS)
    targets = VideoTargets.from_samples(make_samples(CLUSTERS.tolist()), 3, x.device)
    assert list(stream.loss(stream.pool(x, mask, CLUSTERS), targets)) == ['loss_cls']


def test_configs_are_not_mutated(stream_config):
    before = repr(stream_config)
    MODELS.build({**stream_config, 'in_channels': 5, 'num_clusters': 3})
    assert repr(stream_config) == before


@pytest.mark.parametrize(
    ('changes', 'word'),
    [
        ({'attention': 'softmx'}, 'softmx'),
        ({'losses': {'clasification': {}}}, 'clasification'),
        ({'losses': {'triplet': None}}, 'all are off'),
        ({'input_dropout': 1.0}, 'input_dropout'),
        ({'num_clusters': 0}, 'num_clusters'),
        ({'backbone': {'type': 'FAB', 'kernel_size': 4}}, 'kernel_size=4'),
        ({'backbone': {'type': 'FAB', 'dilations': []}}, 'dilations'),
    ],
)
def test_bad_configs_are_refused(make_stream, changes, word):
    with pytest.raises(InputError, match=word):
        make_stream(**changes)
