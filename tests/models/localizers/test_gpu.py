"""On a GPU every method computes what it computes on a CPU, and the host waits for nothing that it knows.

MMACL_TEST_GPU=1 python -m pytest -n 0 tests/models/localizers/test_gpu.py
"""

from __future__ import annotations

import copy
import warnings

import pytest
import torch
from mmengine.optim import OptimWrapper

from mmacl.engine.autocast_optim_wrapper import AutocastOptimWrapper
from mmacl.models.localizers.graphed_loss import GraphedLoss
from tests.models.localizers.test_contract import ARGUMENTS, LABELS, LENGTHS, Method, registered

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason='no GPU')

NAMES = registered()


@pytest.fixture(autouse=True)
def exact():
    """float32 products and convolutions without the shorter mantissa of TF32."""
    before = torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = False
    yield
    torch.backends.cudnn.allow_tf32 = before


@pytest.fixture
def batch(make_inputs, make_samples):
    """Inputs of a training step, as the loader gives them."""

    def make(device='cpu', seed=0):
        inputs, mask = make_inputs(LENGTHS)
        generator = torch.Generator().manual_seed(seed)
        scale = 1 + torch.rand(1, generator=generator)
        videos = {
            name: [(scale * row[: int(n)]).float().to(device) for row, n in zip(x, mask.sum(dim=1), strict=True)]
            for name, x in inputs.items()
        }
        return {'inputs': videos, 'data_samples': make_samples(LABELS)}

    return make


def close(found, wanted):
    torch.testing.assert_close(found.cpu(), wanted, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize('name', NAMES)
def test_losses_gradients_and_predictions_are_those_of_a_cpu(name, batch):
    model = Method.named(NAMES[name]).build().eval()
    found = []
    for device in ('cpu', 'cuda'):
        network = copy.deepcopy(model).to(device)
        data = network.data_preprocessor(batch(), training=True)
        losses = network(**data, mode='loss')
        network.parse_losses(losses)[0].backward()
        gradients = {key: p.grad for key, p in network.named_parameters() if p.grad is not None}
        with torch.no_grad():
            prediction = network.predict(network.select_features(data['inputs']), data['mask'])
            rows = network.represent(network.select_features(data['inputs']), data['mask'])
        found.append((losses, gradients, prediction, rows))
    (losses, gradients, prediction, rows), (on_gpu, their_gradients, their_prediction, their_rows) = found
    for key, value in losses.items():
        close(on_gpu[key].detach(), value.detach())
    for key, value in gradients.items():
        close(their_gradients[key], value)
    close(their_prediction.class_map, prediction.class_map)
    close(their_prediction.video_scores, prediction.video_scores)
    close(their_rows, rows)


def replayable() -> list[str]:
    return [name for name in NAMES if Method.named(NAMES[name]).build().replayable]


@pytest.mark.parametrize('name', replayable())
def test_a_step_waits_for_nothing(name, batch):
    model = Method.named(NAMES[name]).build().cuda().train()
    optimiser = OptimWrapper(torch.optim.Adam(model.parameters()))
    model.train_step(batch(), optimiser)
    torch.cuda.set_sync_debug_mode('warn')
    try:
        with warnings.catch_warnings(record=True) as waits:
            warnings.simplefilter('always')
            model.train_step(batch(), optimiser)
    finally:
        torch.cuda.set_sync_debug_mode('default')
    assert not [f'{wait.filename}:{wait.lineno}' for wait in waits]


@pytest.mark.parametrize(('wrapper', 'rounding'), [(OptimWrapper, 1e-5), (AutocastOptimWrapper, 4e-3)])
@pytest.mark.parametrize('name', replayable())
def test_replayed_steps_equal_computed_ones(name, wrapper, rounding, batch):
    runs = []
    for replay in (False, True):
        model = Method.named(NAMES[name]).build().cuda().train()
        if replay:
            model.graphed_loss = GraphedLoss(model, multiple=1)
        optimiser = wrapper(optimizer=torch.optim.Adam(model.parameters(), lr=1e-2))
        steps = []
        for step in range(5):
            torch.manual_seed(step)  # of the dropout
            steps.append({key: float(value) for key, value in model.train_step(batch(seed=step), optimiser).items()})
        runs.append((steps, {key: p.detach().clone() for key, p in model.named_parameters()}))
    (steps, weights), (their_steps, their_weights) = runs
    for ours, theirs in zip(steps, their_steps, strict=True):
        assert theirs == pytest.approx(ours, rel=rounding)
    for key, value in weights.items():
        if wrapper is OptimWrapper:
            torch.testing.assert_close(their_weights[key], value, rtol=1e-4, atol=1e-5)


def test_replaying_goes_on_after_a_restart(batch):
    """New weights are copied in place; replaced ones are recorded anew."""
    model = Method(model={'type': 'ActionCoLocalizer', **ARGUMENTS['ActionCoLocalizer']}).build().cuda().eval()
    wanted = model.parse_losses(model(**model.data_preprocessor(batch(), True), mode='loss'))[0]
    for module in model.modules():
        if hasattr(module, 'probability'):
            module.probability = 0.0
    model.train()
    model.graphed_loss = GraphedLoss(model)
    for change in (lambda p: p.data.mul_(1.0), lambda p: setattr(p, 'data', p.data.clone())):
        for parameter in model.parameters():
            change(parameter)
        found = model.parse_losses(model(**model.data_preprocessor(batch(), True), mode='loss'))[0]
        torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-5)


def test_what_cannot_be_recorded_is_computed_with_a_warning(batch, caplog):
    """A loss that reads a number back, as plug-ins may."""
    model = Method(model={'type': 'ActionCoLocalizer', **ARGUMENTS['ActionCoLocalizer']}).build().cuda().train()
    plain = model.loss
    model.loss = lambda *args: {key: value * float(value > -1) for key, value in plain(*args).items()}
    model.graphed_loss = GraphedLoss(model)
    optimiser = OptimWrapper(torch.optim.Adam(model.parameters()))
    for _ in range(2):
        assert model.train_step(batch(), optimiser)['loss'].isfinite()
    assert caplog.text.count('cannot be replayed') == 1
