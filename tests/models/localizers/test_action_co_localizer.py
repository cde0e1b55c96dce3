from __future__ import annotations

import numpy as np
import pytest
import torch
from mmengine.dataset import pseudo_collate
from mmengine.optim import OptimWrapper
from mmengine.structures import InstanceData

from mmacl.localization import ActionPostProcessor
from mmacl.models import ATTENTIONS
from mmacl.structures import ClusterMapping

LENGTHS = [6, 1, 3, 9, 2, 5]
LABELS = [0, 0, 1, 1, 2, 2]


class Recorder:
    """A post-processor that shows what it was given."""

    def __init__(self):
        self.calls = []

    def __call__(self, attention, video_scores, timing, mapping):
        self.calls.append((attention, video_scores, timing, mapping))
        return InstanceData(scores=np.array([float(len(self.calls))]))


def test_loss_is_eq_1_for_each_stream(make_localizer, make_inputs, make_samples):
    model, samples = make_localizer(), make_samples(LABELS)
    inputs, mask = make_inputs()
    losses = model(inputs, samples, mask, mode='loss')
    terms = ('loss_cls', 'loss_trip', 'loss_abs')
    assert list(losses) == [f'{modality}.{term}' for modality in ('rgb', 'flow') for term in terms]

    total, log = model.parse_losses(losses)
    assert set(losses) < set(log)
    expected = 0.0
    for name in ('rgb', 'flow'):
        stream = model.streams[name]
        pooled = stream.pool(inputs[name], mask, torch.tensor(LABELS))
        p_hat = pooled.video_logits.softmax(dim=1)
        expected -= sum(p_hat[i, z].log() for i, z in enumerate(LABELS))
        labels = torch.nn.functional.one_hot(torch.tensor(LABELS)).bool()
        alpha, beta = stream.triplet_loss.loss_weight, stream.separation_loss.loss_weight
        assert alpha == beta == 0.5
        stream.triplet_loss.loss_weight = stream.separation_loss.loss_weight = 1.0
        expected += alpha * stream.triplet_loss(pooled.representations, labels, torch.arange(6))
        expected += beta * stream.separation_loss(*pooled[2:], torch.tensor(LABELS), torch.arange(6))
    torch.testing.assert_close(total, expected)


@pytest.mark.parametrize('attention', ATTENTIONS)
@pytest.mark.parametrize('groups', [1, 4])
def test_padding_and_order_change_no_loss(make_localizer, make_inputs, make_samples, attention, groups):
    model = make_localizer(attention=attention, length_groups=groups).eval()
    reference = make_localizer(attention=attention, length_groups=1).eval()
    inputs, mask = make_inputs()
    expected = reference(inputs, make_samples(LABELS), mask, mode='loss')
    padded, longer = make_inputs(extra=7, padding=50.0)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    samples = make_samples(LABELS)
    found = model(
        {name: x[order] for name, x in padded.items()}, [samples[i] for i in order], longer[order], mode='loss'
    )
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize('groups', [1, 4])
def test_padding_changes_no_prediction(make_localizer, make_inputs, make_samples, groups):
    model = make_localizer(length_groups=groups, post_processor=Recorder()).eval()
    inputs, mask = make_inputs(extra=3, padding=20.0)
    samples = make_samples(LABELS)
    assert model(inputs, samples, mask, mode='predict') is samples
    together, model.post_processor.calls = model.post_processor.calls, []
    for i, length in enumerate(LENGTHS):
        alone = {name: x[i : i + 1, :length] for name, x in inputs.items()}
        (sample,) = model(alone, make_samples(LABELS[i : i + 1]), mode='predict')
        for name in ('class_specific_attention', 'class_agnostic_attention', 'video_scores'):
            torch.testing.assert_close(sample.get(name), samples[i].get(name), rtol=1e-11, atol=1e-11)
    for ours, theirs in zip(together, model.post_processor.calls, strict=True):
        torch.testing.assert_close(ours[0], theirs[0], rtol=1e-11, atol=1e-11)
        torch.testing.assert_close(ours[1], theirs[1], rtol=1e-11, atol=1e-11)


def test_late_fusion_of_a_and_p(make_localizer, make_inputs, make_samples):
    post_processor = Recorder()
    model = make_localizer(fusion_weights={'rgb': 2.0, 'flow': 1.0}, post_processor=post_processor).eval()
    inputs, mask = make_inputs()
    outputs = model(inputs, mask=mask, mode='tensor')
    samples = model(inputs, make_samples(LABELS), mask, mode='predict')
    rgb, flow = outputs['rgb'], outputs['flow']
    cas = (2 * rgb.class_specific_attention + flow.class_specific_attention) / 3
    scores = ((2 * rgb.video_logits + flow.video_logits) / 3).softmax(dim=1)
    weights = (2 * rgb.class_agnostic_attention + flow.class_agnostic_attention) / 3
    for i, length in enumerate(LENGTHS):
        torch.testing.assert_close(samples[i].class_specific_attention, cas[i, :length])
        torch.testing.assert_close(samples[i].video_scores, scores[i])
        torch.testing.assert_close(samples[i].class_agnostic_attention, weights[i, :length])
        fused, of_rgb, of_flow = post_processor.calls[3 * i : 3 * i + 3]
        torch.testing.assert_close(fused[0], cas[i, :length])
        torch.testing.assert_close(fused[1], scores[i])
        torch.testing.assert_close(of_rgb[0], rgb.class_specific_attention[i, :length])
        torch.testing.assert_close(of_flow[1], flow.video_logits[i].softmax(0))
        assert samples[i].pred_instances.scores == 3 * i + 1
        assert samples[i].rgb_pred_instances.scores == 3 * i + 2
        assert samples[i].flow_pred_instances.scores == 3 * i + 3


def test_post_processor_gets_timing_and_mapping(make_localizer, make_inputs, make_samples):
    post_processor = Recorder()
    model = make_localizer(post_processor=post_processor).eval()
    inputs, mask = make_inputs([4])
    (sample,) = make_samples([0])
    sample.set_metainfo({'offset': 1.5, 'duration': 9.0})
    model(inputs, [sample], mask, mode='predict')
    *_, timing, mapping = post_processor.calls[0]
    assert (timing.snippet_duration, timing.offset, timing.duration) == (0.5, 1.5, 9.0)
    assert mapping.class_names == ('cluster_00', 'cluster_01', 'cluster_02')
    model.cluster_mapping = ClusterMapping.identity(('a', 'b', 'c'))
    model(inputs, [sample], mask, mode='predict')
    assert post_processor.calls[-1][3] is model.cluster_mapping
    assert not any('mapping' in name for name in model.state_dict())


def test_without_a_post_processor_there_are_scores_only(make_localizer, make_inputs, make_samples):
    inputs, mask = make_inputs()
    sample = make_localizer().eval()(inputs, make_samples(LABELS), mask, mode='predict')[0]
    assert 'video_scores' in sample
    assert not any('pred_instances' in key for key in sample.keys())  # noqa: SIM118


def test_one_stream_of_any_name(make_localizer, make_batch, make_samples):
    post_processor = Recorder()
    model = make_localizer({'skeleton': 5}, post_processor=post_processor).eval()
    x, mask = make_batch([4, 2])
    losses = model({'skeleton': x, 'unused': x}, make_samples([0, 1]), mask, mode='loss')
    assert set(losses) == {'skeleton.loss_cls', 'skeleton.loss_trip', 'skeleton.loss_abs'}
    (sample, _) = model({'skeleton': x}, make_samples([0, 1]), mask, mode='predict')
    assert [key for key in sample.keys() if 'pred' in key] == ['pred_instances']  # noqa: SIM118
    assert len(post_processor.calls) == 2


def test_attend_is_the_attention_of_the_streams(make_localizer, make_inputs):
    model = make_localizer().eval()
    inputs, mask = make_inputs(extra=2, padding=9.0)
    attention, outputs = model.attend(inputs, mask), model(inputs, mask=mask)
    assert list(attention) == ['rgb', 'flow']
    for name, weights in attention.items():
        torch.testing.assert_close(weights, outputs[name].class_agnostic_attention)
        torch.testing.assert_close(weights.sum(dim=1), torch.ones(6).double())
        assert not weights[~mask].any()
        assert not weights.requires_grad


def test_streams_share_no_parameter_and_a_loss_moves_its_own(make_localizer, make_inputs, make_samples):
    model = make_localizer()
    names = {name.split('.')[1] for name in model.state_dict()}
    assert names == {'rgb', 'flow'}
    inputs, mask = make_inputs()
    losses = model(inputs, make_samples(LABELS), mask, mode='loss')
    sum(value for name, value in losses.items() if name.startswith('rgb')).backward()
    for name, parameter in model.named_parameters():
        assert (parameter.grad is not None) == name.startswith('streams.rgb'), name


@pytest.mark.parametrize(
    ('lengths', 'labels', 'names'),
    [
        ((1, 1, 1, 1), (0, 0, 1, 1), None),
        ((1,), (0,), None),
        ((4, 3), (0, 0), None),
        ((4, 3, 4), (0, 0, 1), ('a', 'b', 'a')),
        ((4, 4), (0, 0), ('a', 'a')),
        ((2, 5, 3), ((0, 1), (1, 2), (0, 1, 2)), None),
    ],
    ids=['T=1', 'one snippet', 'one cluster', 'two draws', 'one video twice', 'several labels'],
)
def test_gradients_are_finite(make_localizer, make_inputs, make_samples, lengths, labels, names):
    model = make_localizer().float()
    inputs, mask = make_inputs(lengths)
    inputs = {name: x.float() for name, x in inputs.items()}
    losses = model(inputs, make_samples(labels, names=names), mask, mode='loss')
    assert all(torch.isfinite(value) for value in losses.values())
    sum(losses.values()).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name


def test_gradient_equals_finite_differences(make_localizer, make_inputs, make_samples):
    model, samples = make_localizer(), make_samples(LABELS)
    inputs, mask = make_inputs()

    def total():
        return sum(model(inputs, samples, mask, mode='loss').values())

    total().backward()
    for name in ('backbone.fuse.weight', 'class_agnostic_head.fc.weight', 'class_specific_head.conv.weight'):
        parameter = model.get_parameter(f'streams.rgb.{name}')
        direction = torch.randn_like(parameter)
        step = 1e-6
        with torch.no_grad():
            parameter += step * direction
            above = total()
            parameter -= 2 * step * direction
            below = total()
            parameter += step * direction
        slope = (parameter.grad * direction).sum()
        assert ((above - below) / (2 * step)).item() == pytest.approx(slope.item(), rel=1e-5, abs=1e-7)


def test_a_step_from_float16_files_as_the_runner_takes_it(make_localizer, make_samples):
    model = make_localizer(random=False).float()
    samples = make_samples(LABELS)
    items = [
        {'inputs': {'rgb': torch.rand(length, 5).half(), 'flow': torch.rand(length, 4).half()}, 'data_samples': sample}
        for length, sample in zip(LENGTHS, samples, strict=True)
    ]
    wrapper = OptimWrapper(torch.optim.Adam(model.parameters(), lr=1e-2))
    history = [model.train_step(pseudo_collate(items), wrapper)['loss'].item() for _ in range(30)]
    assert history[-1] < 0.8 * history[0]
    predictions = model.eval().val_step(pseudo_collate(items))
    assert [len(sample.class_specific_attention) for sample in predictions] == LENGTHS


def test_bfloat16_autocast_is_finite_and_close(make_localizer, make_inputs, make_samples):
    model = make_localizer().float()
    inputs, mask = make_inputs()
    inputs = {name: x.float() for name, x in inputs.items()}
    expected = model(inputs, make_samples(LABELS), mask, mode='loss')
    with torch.autocast('cpu', torch.bfloat16):
        found = model(inputs, make_samples(LABELS), mask, mode='loss')
        predicted = model.eval()(inputs, make_samples(LABELS), mask, mode='predict')
    for name, value in found.items():
        assert value.dtype == torch.float32
        assert value.item() == pytest.approx(expected[name].item(), rel=0.1, abs=0.1)
    sum(found.values()).backward()
    assert all(torch.isfinite(parameter.grad).all() for parameter in model.parameters())
    assert predicted[0].class_specific_attention.dtype == torch.float32


def test_same_seed_same_weights(make_localizer):
    states = []
    for _ in range(2):
        torch.manual_seed(5)
        model = make_localizer(random=False)
        model.init_weights()
        states.append(model.state_dict())
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_ten_thousand_snippets(make_localizer):
    model = make_localizer().float().eval()
    attention = model.attend(
        {'rgb': torch.rand(1, 10_000, 5), 'flow': torch.rand(1, 10_000, 4)}, torch.ones(1, 10_000, dtype=torch.bool)
    )
    assert attention['rgb'].shape == (1, 10_000)
    assert attention['rgb'].sum().item() == pytest.approx(1, abs=1e-4)


def test_actionness_and_proposals_reach_a_post_processor_that_takes_them(make_localizer, make_inputs, make_samples):
    class Taker(Recorder):
        def __call__(self, attention, video_scores, timing, mapping, *, actionness=None, proposals=None):
            self.calls.append((actionness, proposals))
            return InstanceData()

    model = make_localizer(post_processor=Taker()).eval()
    inputs, mask = make_inputs()
    samples = model(inputs, make_samples(LABELS), mask, mode='predict')
    for sample, (actionness, proposals) in zip(samples, model.post_processor.calls[::3], strict=True):
        torch.testing.assert_close(actionness, sample.class_agnostic_attention)
        assert proposals is None


def test_a_post_processor_whose_call_was_changed_is_called(make_localizer, make_inputs, make_samples):
    class Changed(ActionPostProcessor):
        def __call__(self, *args, **kwargs):
            found = super().__call__(*args, **kwargs)
            return found[:1]

    model = make_localizer(post_processor=Changed(class_threshold=0.0)).eval()
    samples = model(make_inputs()[0], make_samples(LABELS), mode='predict')
    assert all(len(sample.pred_instances) <= 1 for sample in samples)
