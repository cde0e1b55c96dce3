"""What makes a network and a training is told from what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

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


def test_a_default_that_one_side_spells_out_is_no_difference():
    assert first_difference({'model.a': 1}, {'model.a': 1, 'model.b': 2}) is None
    assert first_difference({'model.a': [1, 2]}, {'model.a': [1, 3]}) == ('model.a', [1, 2], [1, 3])


def test_fingerprints_are_plain_values():
    for fingerprint in (network_fingerprint(BASE), training_fingerprint(BASE)):
        assert len(fingerprint) > 5
        for value in fingerprint.values():
            assert isinstance(value, (str, int, float, bool, list, type(None)))
