"""What makes a network and a training is told from what does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from mmengine.config import Config

from mmacl.apis import load_config
from mmacl.engine.fingerprint import first_difference, network_fingerprint, training_fingerprint

CONFIG = Path(__file__).resolve().parents[2] / 'configs/acl/acl_synthetic_us.py'
BASE = load_config(CONFIG)


def differences(options: dict) -> tuple[str | None, str | None]:
    """Paths that differ: of the network, of the training."""
    changed = load_config(CONFIG, options)
    found = (
        first_difference(network_fingerprint(BASE), network_fingerprint(changed)),
        first_difference(training_fingerprint(BASE), training_fingerprint(changed)),
    )
    return tuple(difference and difference[0] for difference in found)


def test_the_method_says_what_is_training_only():
    model = dict(type='ActionCoLocalizer', stream=dict(losses=dict(a=1)), losses=dict(b=2))
    assert list(network_fingerprint(Config({'model': model}))) == ['model.type', 'model.losses.b']
    other = dict(model, type='Conv1D')  # says nothing, so it has what a localizer has by default
    assert list(network_fingerprint(Config({'model': other}))) == ['model.type', 'model.stream.losses.a']


def test_another_name_of_one_component_is_no_difference():
    names = ('ActionCoLocalizer', 'TwoStreamLocalizer', 'EarlyName')
    ours, alias, other = ({'model.type': name} for name in names)
    assert first_difference(alias, ours) is None
    assert first_difference(other, ours).path == 'model.type'


@pytest.mark.parametrize('path', ['model.attention', 'model.stream.backbone.dilations'])
def test_what_weights_compute_is_of_both(path):
    value = 'sigmoid' if path.endswith('attention') else (5, 9)
    assert differences({path: value}) == (path, path)


@pytest.mark.parametrize(
    ('path', 'value'),
    [
        ('model.stream.losses.triplet.margin', 0.1),
        ('model.stream.input_dropout', 0.0),
        ('optim_wrapper.optimizer.lr', 1.0),
        ('train_cfg.epochs_per_round', 9),
        ('train_dataloader.batch_sampler.num_batches', 9),
        ('train_dataloader.dataset.pipeline.1.max_snippets', 9),
        ('default_hooks.clustering.clusterer.sigma', 'upper_triangle'),
        ('default_hooks.restart.reinit', 'none'),
        ('train_dataloader.dataset.seed', 3),
    ],
)
def test_how_weights_come_about_is_of_training_alone(path, value):
    assert differences({path: value}) == (None, path)


@pytest.mark.parametrize(
    ('path', 'value'),
    [
        ('model.post_processor.nms.iou_threshold', 0.1),
        ('model.length_groups', 1),
        ('train_cfg.num_rounds', 5),
        ('test_dataloader.batch_size', 2),
        ('default_hooks.checkpoint.interval', 3),
    ],
)
def test_the_rest_may_change(path, value):
    assert differences({path: value}) == (None, None)


@pytest.mark.parametrize(
    ('options', 'theirs', 'ours'),
    [
        ({'+optim_wrapper.clip_grad': {'max_norm': 1.0}}, 'no optim_wrapper.clip_grad', "{'max_norm': 1.0}"),
        (
            {'param_scheduler': [{'type': 'StepLR', 'step_size': 3}]},
            'no param_scheduler',
            "{'0.type': 'StepLR', '0.step_size': 3}",
        ),
        ({'+train_dataloader.dataset.full_length': True}, 'no train_dataloader.dataset.full_length', 'True'),
        (
            {'+model.stream.backbone.norm_cfg': {'type': 'BN1d'}},
            'no model.stream.backbone.norm_cfg',
            "{'type': 'BN1d'}",
        ),
        ({'train_cfg.epochs_per_round': 9}, 'train_cfg.epochs_per_round=4', '9'),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else '',
)
def test_key_of_one_side_counts_in_either_direction(options, theirs, ours):
    base, changed = training_fingerprint(BASE), training_fingerprint(load_config(CONFIG, options))
    assert first_difference(base, changed)[1:] == (theirs, ours)
    path = theirs.removeprefix('no ').partition('=')[0]
    back = first_difference(changed, base)
    assert back.path == path
    assert back[1:] == (f'{path}={ours}', 'none' if theirs.startswith('no ') else '4')


@pytest.mark.parametrize(
    'options',
    [
        {'+optim_wrapper.clip_grad': None},
        {'+optim_wrapper.optimizer.betas': [0.9, 0.999]},
        {'+train_dataloader.dataset.full_length': False},
        {'+train_dataloader.dataset.modalities': ['rgb', 'flow']},
        {'+default_hooks.clustering.multi_label': 'primary'},
        {'+model.stream.losses.triplet.margin': 0.5},
    ],
    ids=lambda value: next(iter(value)),
)
def test_default_that_one_side_spells_out_is_no_difference(options):
    base, changed = training_fingerprint(BASE), training_fingerprint(load_config(CONFIG, options))
    assert first_difference(base, changed) is None
    assert first_difference(changed, base) is None


def test_default_that_is_no_default_of_the_component_counts():
    assert first_difference({}, {'a.type': 'TemporalNMS', 'a.iou_threshold': 0.25}).path == 'a'
    with_type = {'a.type': 'TemporalNMS'}
    assert first_difference(with_type, {**with_type, 'a.iou_threshold': 0.25}).ours == '0.25'


def test_fingerprints_are_plain_values():
    for fingerprint in (network_fingerprint(BASE), training_fingerprint(BASE)):
        assert len(fingerprint) > 5
        for value in fingerprint.values():
            assert isinstance(value, (str, int, float, bool, list, type(None)))
