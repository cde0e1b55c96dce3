"""What every localizer must fulfil: each registered one, or those that ``--localizer`` names.

``python -m pytest tests/models/localizers/test_contract.py --localizer my_plugin:MyLocalizer`` builds the class from
``in_channels`` and ``num_clusters`` alone. ``--localizer my_config.py`` takes the model of a config with its arguments.
"""

from __future__ import annotations

import importlib
import inspect
import os
import shutil
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import torch._dynamo  # DDP imports it: once here, and not in each process
import torch.distributed as dist
import torch.multiprocessing as mp
from mmengine.optim import OptimWrapper
from mmengine.registry import DefaultScope
from torch.nn.parallel import DistributedDataParallel

from mmacl.apis import load_config
from mmacl.engine import RoundRestartHook
from mmacl.models import BaseLocalizer
from mmacl.registry import MODELS
from mmacl.runs.run_record import RunRecord
from mmacl.utils import InputError
from mmacl.visualization import draw_timeline
from tests.models.conftest import STREAM
from tests.small_training import CONFIG, ROOT, write_folder

OWN = 'tests.models.localizers.early_fusion_localizer'
NUM_CLUSTERS = 3
WIDTH = 16
LENGTHS = (6, 1, 3, 9, 2, 5)
LABELS = (0, 0, 1, (1, 2), 2, 2)
#: Arguments that have no default.
ARGUMENTS: dict[str, dict[str, Any]] = {'ActionCoLocalizer': {'stream': STREAM}}
ROUNDS = (
    'train_cfg = dict(num_rounds=2, epochs_per_round=1)\ndefault_hooks.update(checkpoint=dict(max_keep_ckpts=-1))\n'
)
UNIFORM = "train_dataloader.update(batch_sampler=None, sampler=dict(type='DefaultSampler', shuffle=True))\n"
WEAK = "default_hooks.update(clustering=dict(clusterer=dict(_delete_=True, type='AnnotatedLabels')))\n"
#: Batches of equal clusters in one setting, of any videos in the other.
SETTINGS = {'us': ROUNDS, 'ws': ROUNDS + UNIFORM + WEAK}


@dataclass(frozen=True)
class Method:
    """The config of a localizer, and the modules that register it."""

    model: dict[str, Any]
    imports: tuple[str, ...] = ()
    narrow: dict[str, int] = field(default_factory=dict)
    """Layers of few channels in place of those of the paper, which take ten times as long."""

    @classmethod
    def named(cls, name: str) -> Method:
        """Read a value of ``--localizer``."""
        if name.endswith('.py'):
            config = load_config(name)
            return cls(config.model.to_dict(), tuple((config.get('custom_imports') or {}).get('imports', ())))
        module, _, of_class = name.partition(':')
        found = getattr(importlib.import_module(module), of_class)
        assert MODELS.get(of_class) is found, f'{name} is not registered: add @MODELS.register_module()'
        narrow = {
            name: WIDTH
            for base in found.__mro__
            for name, parameter in inspect.signature(base.__init__).parameters.items()
            if name.endswith('_channels') and isinstance(parameter.default, int) and parameter.default > WIDTH
        }
        return cls({'type': of_class, **ARGUMENTS.get(of_class, {})}, (module,), narrow)

    def build(self) -> BaseLocalizer:
        torch.manual_seed(0)
        model = {**self.model, **self.narrow, 'in_channels': {'rgb': 5, 'flow': 4}, 'num_clusters': NUM_CLUSTERS}
        with DefaultScope.overwrite_default_scope('mmacl'):
            built = MODELS.build(model)
            built.init_weights()
        assert isinstance(built, BaseLocalizer)
        return built

    def text(self, extra: str) -> str:
        """Write the part of a config that trains the method on a small folder."""
        model = {**self.model, **self.narrow, 'in_channels': {'rgb': 12, 'flow': 12}, 'num_clusters': NUM_CLUSTERS}
        model.setdefault('post_processor', {'type': 'ActionPostProcessor'})
        lines = f'model = { ({"_delete_": True} | model)!r}\n'
        return lines + (f'custom_imports = dict(imports={list(self.imports)!r})\n' if self.imports else '') + extra


def registered() -> dict[str, str]:
    """Every localizer in the registry as ``module:Class``, by the name of its class."""
    importlib.import_module(OWN)
    MODELS.import_from_location()
    classes = {found for found in MODELS.module_dict.values() if inspect.isclass(found)}
    found = [c for c in classes if issubclass(c, BaseLocalizer) and not inspect.isabstract(c)]
    return {c.__name__: f'{c.__module__}:{c.__name__}' for c in sorted(found, key=lambda c: c.__name__)}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if 'method' in metafunc.fixturenames:
        given = metafunc.config.getoption('localizer')
        names = {name: name for name in given} if given else registered()
        metafunc.parametrize('method', [Method.named(name) for name in names.values()], ids=list(names), scope='module')


def test_the_registry_is_covered():
    assert {'ActionCoLocalizer', 'EarlyFusionLocalizer'} <= set(registered())


def test_builds_from_channels_and_clusters_alone(method):
    assert list(replace(method, narrow={}).build().in_channels) == ['rgb', 'flow']


def test_padding_changes_nothing(method, make_inputs, make_samples):
    model = method.build().double().eval()
    inputs, mask = make_inputs(LENGTHS, extra=3, padding=50.0)
    short, short_mask = make_inputs(LENGTHS)
    losses = model(short, make_samples(LABELS), short_mask, mode='loss')
    for name, value in model(inputs, make_samples(LABELS), mask, mode='loss').items():
        torch.testing.assert_close(value, losses[name], rtol=1e-9, atol=1e-9)
    together = model(inputs, make_samples(LABELS), mask, mode='predict')
    weights = model.attend(inputs, mask)
    with torch.no_grad():
        rows = model.represent(inputs, mask)
    for i, length in enumerate(LENGTHS):
        alone = {name: x[i : i + 1, :length] for name, x in inputs.items()}
        whole = mask[i : i + 1, :length]
        (sample,) = model(alone, make_samples(LABELS[i : i + 1]), mode='predict')
        assert set(sample.keys()) == set(together[i].keys())
        for part in {'class_specific_attention', 'class_agnostic_attention', 'video_scores'} & set(sample.keys()):
            torch.testing.assert_close(together[i].get(part), sample.get(part), rtol=1e-9, atol=1e-9)
        for name, found in model.attend(alone, whole).items():
            torch.testing.assert_close(weights[name][i : i + 1, :length], found, rtol=1e-9, atol=1e-9)
        with torch.no_grad():
            torch.testing.assert_close(rows[i : i + 1], model.represent(alone, whole), rtol=1e-9, atol=1e-9)


def test_predictions_have_the_shapes_of_the_contract(method, make_inputs):
    model = method.build().double().eval()
    inputs, mask = make_inputs(LENGTHS, extra=2)
    prediction = model.predict(model.select_features(inputs), mask)
    assert prediction.class_map.shape == (len(LENGTHS), max(LENGTHS) + 2, NUM_CLUSTERS)
    assert ((prediction.video_scores >= 0) & (prediction.video_scores <= 1)).all()
    assert prediction.class_map[mask].isfinite().all()
    if prediction.actionness is not None:
        assert prediction.actionness[mask].isfinite().all()
    for length, found in zip(LENGTHS, prediction.proposals or (), strict=prediction.proposals is not None):
        assert found.segments.shape == (len(found), 2)
        assert ((found.columns >= 0) & (found.columns < NUM_CLUSTERS)).all()
        assert np.isfinite(found.segments).all()
        assert (found.segments[:, 0] < found.segments[:, 1]).all()
        assert found.scores is None or np.isfinite(found.scores).all()
        assert ((found.segments >= 0) & (found.segments <= length)).all()


def test_weights_for_clustering_are_at_least_0_and_0_at_padding(method, make_inputs):
    model = method.build().double().eval()
    inputs, mask = make_inputs(LENGTHS, extra=3, padding=9.0)
    weights = model.attend(inputs, mask)
    assert list(weights) == list(model.in_channels)
    for found in weights.values():
        assert found.shape == mask.shape
        assert (found >= 0).all()
        assert not found[~mask].any()
        assert (found.sum(dim=1) > 0).all()
    with torch.no_grad():
        rows = model.represent(model.select_features(inputs), mask)
    assert rows.ndim == 2
    assert len(rows) == len(LENGTHS)
    assert rows.isfinite().all()


@pytest.mark.parametrize(
    ('lengths', 'labels', 'names'),
    [
        (LENGTHS, LABELS, None),
        ((1, 1, 1, 1), (0, 0, 1, 1), None),
        ((4, 3), (0, 0), None),
        ((4, 3, 4), (0, 0, 1), ('a', 'b', 'a')),
        ((2, 5, 3), ((0, 1), (1, 2), (0, 1, 2)), None),
    ],
    ids=['several', 'T=1', 'one cluster', 'one video twice', 'several labels'],
)
def test_losses_and_gradients_are_finite(method, make_inputs, make_samples, lengths, labels, names):
    model = method.build().train()
    inputs, mask = make_inputs(lengths)
    losses = model(
        {name: x.float() for name, x in inputs.items()}, make_samples(labels, names=names), mask, mode='loss'
    )
    assert losses
    for name, value in losses.items():
        assert 'loss' in name, f'{name}: only names that contain "loss" are minimised'
        assert value.ndim == 0
        assert torch.isfinite(value)
    sum(losses.values()).backward()
    gradients = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
    assert all(gradient.isfinite().all() for gradient in gradients)
    if lengths is LENGTHS:
        assert any(gradient.any() for gradient in gradients)


def in_a_process(rank: int, folder: str) -> None:
    """Take the gradients of half a batch under DDP."""
    torch.set_num_threads(1)
    dist.init_process_group('gloo', f'file://{folder}/store', timedelta(seconds=60), rank=rank, world_size=2)
    model, inputs, samples, mask = torch.load(f'{folder}/case.pt', weights_only=False)
    half = slice(3 * rank, 3 * rank + 3)
    wrapped = DistributedDataParallel(model, find_unused_parameters=True)
    losses = wrapped({name: x[half] for name, x in inputs.items()}, samples[half], mask[half], mode='loss')
    sum(losses.values()).backward()
    torch.save({name: parameter.grad for name, parameter in model.named_parameters()}, f'{folder}/{rank}.pt')
    dist.barrier()
    os._exit(0)  # see tests/models/test_distributed.py


def test_two_processes_train_as_one(method, make_inputs, make_samples, tmp_path):
    model = method.build().double().eval()  # without dropout
    (inputs, mask), samples = make_inputs(LENGTHS), make_samples(LABELS)
    torch.save((model, inputs, samples, mask), tmp_path / 'case.pt')
    mp.start_processes(in_a_process, (str(tmp_path),), nprocs=2, start_method='fork')
    sum(model(inputs, samples, mask, mode='loss').values()).backward()
    for rank in range(2):
        found = torch.load(tmp_path / f'{rank}.pt')
        for name, parameter in model.named_parameters():
            assert (found[name] is None) == (parameter.grad is None), name
            if parameter.grad is not None:
                torch.testing.assert_close(found[name], parameter.grad, rtol=1e-9, atol=1e-9)


def test_heads_are_renewed_or_refused(method):
    model = method.build()
    runner = SimpleNamespace(model=model, seed=0, cfg=None, _train_loop=object(), param_schedulers=[])
    runner.cfg = SimpleNamespace(
        model={**method.model, **method.narrow, 'in_channels': dict(model.in_channels), 'num_clusters': NUM_CLUSTERS}
    )
    runner.optim_wrapper = OptimWrapper(torch.optim.SGD(model.parameters(), lr=0.1))
    hook = RoundRestartHook(reinit='heads')
    heads = list(model.head_modules())
    if not heads:
        with pytest.raises(InputError, match="reinit='heads' would reinitialise nothing"):
            hook.before_run(runner)
        return
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(1)  # as if trained
    of_heads = {id(parameter) for head in heads for parameter in head.parameters()}
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    hook.before_run(runner)
    with DefaultScope.overwrite_default_scope('mmacl'):
        hook.before_train_round(runner, round=2)
    changed = {name for name, parameter in model.named_parameters() if not torch.equal(parameter, before[name])}
    assert changed
    assert changed <= {name for name, parameter in model.named_parameters() if id(parameter) in of_heads}


@pytest.fixture(scope='module')
def train(method, shared_cli, tmp_path_factory):
    """Train the method in a setting; call it again for the same run, or with words for another one in a work folder."""
    root = tmp_path_factory.mktemp('runs')
    write_folder(root / 'data')

    @cache
    def run(setting: str, *words: str, work_dir: Path = root) -> SimpleNamespace:
        work_dir, config = work_dir / setting, root / f'{setting}.py'
        config.write_text(CONFIG.format(repo=ROOT, root=root / 'data') + method.text(SETTINGS[setting]))
        code, _, error = shared_cli('train.py', config, '--work-dir', work_dir, *words)
        assert code == 0, error
        weights = torch.load(work_dir / 'epoch_2.pth', weights_only=True)['state_dict']
        return SimpleNamespace(config=config, work_dir=work_dir, record=RunRecord(work_dir), weights=weights)

    return run


@pytest.mark.parametrize('setting', SETTINGS)
def test_trains_and_records(setting, method, train):
    record = train(setting).record
    assert record.rounds == (1, 2)
    assert all(row['tal/mAP@0.5'] >= 0 for row in record.rows)


def test_dumps_and_draws_what_was_recorded(method, train, cli, tmp_path):
    run = train('ws')
    words = ['--work-dir', tmp_path / 't', '--dump-attention', tmp_path / 'a']
    # By the config that the run has written: its text keeps the order of modalities, which weights depend on.
    code, _, error = cli('test.py', run.work_dir / 'ws.py', run.work_dir / 'epoch_2.pth', *words)
    assert code == 0, error
    has_actionness = method.build().eval().predict(*_one_video()).actionness is not None
    for name, curve in run.record.attention(2).items():
        with np.load(tmp_path / 'a' / f'{name}.npz', allow_pickle=False) as dumped:
            assert ('class_agnostic_attention' in dumped) == has_actionness
            np.testing.assert_array_equal(dumped['class_specific_attention'][:, curve.cluster], curve.class_specific)
        assert (curve.class_agnostic is not None) == has_actionness
    figure = draw_timeline(run.record.sample(name, 2), run.record.classes)
    titles = [text for axis in figure.axes for text in (axis.get_ylabel(), *(t.get_text() for t in axis.texts))]
    assert ('S' in titles) == has_actionness


def _one_video() -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    return {'rgb': torch.rand(1, 4, 5), 'flow': torch.rand(1, 4, 4)}, torch.ones(1, 4, dtype=torch.bool)


def test_a_run_resumed_after_round_1_equals_one_that_never_stopped(method, train, tmp_path):
    for setting in SETTINGS:
        whole = train(setting)
        work_dir = tmp_path / setting
        # Without the logs, whose folders are named by the second: the next run would wait for one of its own.
        shutil.copytree(whole.work_dir, work_dir, ignore=shutil.ignore_patterns('epoch_2.pth', '2*_*', 'round_2*'))
        (work_dir / 'last_checkpoint').write_text(str(work_dir / 'epoch_1.pth'))
        resumed = train(setting, '--resume', work_dir=tmp_path)
        assert list(whole.weights) == list(resumed.weights)
        changed = [name for name, x in whole.weights.items() if not torch.equal(x, resumed.weights[name])]
        assert not changed, f'{setting}: {changed}'
