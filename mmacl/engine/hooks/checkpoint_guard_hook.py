"""Refuse a checkpoint of another model or training."""

from __future__ import annotations

from typing import Any

from mmengine.config import Config
from mmengine.hooks import Hook
from torch import nn

from mmacl.engine.checkpoint import trained_videos
from mmacl.engine.fingerprint import Difference, first_difference, network_fingerprint, training_fingerprint
from mmacl.engine.hooks.clustering_hook import bare_model
from mmacl.registry import HOOKS, MODELS
from mmacl.utils import InputError

_AS_IT_BEGAN = 'a run goes on as it began: set it back, or start a new run in another --work-dir'
# Names of videos in a message.
_SHOWN = 3


@HOOKS.register_module()
class CheckpointGuardHook(Hook):
    """Compare a checkpoint with the model before any weight is copied, and name the first difference.

    mmengine loads the weights that fit and leaves the others at their random initial values, so that a wrong checkpoint
    looks like a bad model.
    """

    # Before any hook reads its state from the checkpoint.
    priority = 'VERY_HIGH'

    def before_save_checkpoint(self, runner: Any, checkpoint: dict[str, Any]) -> None:
        """Store which model and training this is."""
        checkpoint['model'] = _describe(bare_model(runner))
        checkpoint['fingerprint'] = {
            'network': network_fingerprint(runner.cfg),
            'training': training_fingerprint(runner.cfg),
        }

    def after_load_checkpoint(self, runner: Any, checkpoint: dict[str, Any]) -> None:
        """Raise an :class:`InputError` at the first difference."""
        try:
            check_belongs(checkpoint, bare_model(runner), runner.cfg)
            if runner._resume:
                _check_continues(checkpoint, runner)
        except InputError as error:
            error.file = error.file or str(runner._load_from or '')
            raise


def check_belongs(checkpoint: dict[str, Any], model: nn.Module, config: Config) -> None:
    """Compare a checkpoint with a model and the config that it was built from.

    Raises:
        InputError: it belongs to another model; names the first difference.
    """
    theirs, ours = dict(checkpoint.get('model', {})), _describe(model)
    if 'type' in theirs:  # it may be a former name
        theirs['type'] = getattr(MODELS.get(theirs['type']), '__name__', theirs['type'])
    for key in (key for key in ours if key in theirs and theirs[key] != ours[key]):
        raise InputError(
            f'the checkpoint was trained with {key}={theirs[key]}, the config has {key}={ours[key]}',
            remedy='test it with the config in its work_dir, or correct model in the config',
        )
    _compare_weights(checkpoint['state_dict'], model.state_dict())
    found = _difference(checkpoint, 'network', network_fingerprint(config))
    if found:
        raise InputError(
            f'the checkpoint was trained with {found.theirs}, the config has {found.ours}',
            remedy='test it with the config in its work_dir',
        )


def _difference(checkpoint: dict[str, Any], kind: str, ours: dict[str, Any]) -> Difference | None:
    """Find the first difference; None too if the checkpoint does not say how it was trained."""
    theirs = checkpoint.get('fingerprint', {}).get(kind)
    return None if theirs is None else first_difference(theirs, ours)


def _check_continues(checkpoint: dict[str, Any], runner: Any) -> None:
    """Refuse to resume under other settings: for example, the optimiser's state would override a new learning rate."""
    seed = checkpoint.get('meta', {}).get('seed')
    if seed is not None and seed != runner.seed:
        raise InputError(f'the run to resume has seed {seed}, this one has {runner.seed}', remedy=f'add --seed {seed}')
    found = _difference(checkpoint, 'training', training_fingerprint(runner.cfg))
    if found:
        raise InputError(f'the run to resume has {found.theirs}, this one has {found.ours}', remedy=_AS_IT_BEGAN)
    _check_videos(checkpoint, runner.train_dataloader.dataset)


def _check_videos(checkpoint: dict[str, Any], dataset: Any) -> None:
    """Compare the names of the training videos with those in the checkpoint."""
    trained = trained_videos(checkpoint)
    if trained is None:
        return
    known, before = set(dataset.video_names), set(trained)
    changes = {
        'removed': [name for name in trained if name not in known],
        'added': [name for name in dataset.video_names if name not in before],
    }
    listed = [f'{_shorten(names)} {change}' for change, names in changes.items() if names]
    if listed:
        raise InputError(
            f'the run to resume has {len(trained)} training videos, this one has {len(known)}: {" and ".join(listed)}',
            remedy=_AS_IT_BEGAN,
        )


def _shorten(names: list[str]) -> str:
    shown = ', '.join(map(repr, names[:_SHOWN]))
    return shown if len(names) <= _SHOWN else f'{shown} and {len(names) - _SHOWN} more'


def _describe(model: Any) -> dict[str, Any]:
    return {
        'type': type(model).__name__,
        'num_clusters': int(model.num_clusters),
        'in_channels': {str(name): int(width) for name, width in model.in_channels.items()},
    }


def _compare_weights(theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    remedy = 'it belongs to another model; use the config in its work_dir'
    missing, unknown = [k for k in ours if k not in theirs], [k for k in theirs if k not in ours]
    if missing:
        raise InputError(f'the checkpoint lacks {missing[0]} ({len(missing)} of {len(ours)} weights)', remedy=remedy)
    if unknown:
        raise InputError(f'the checkpoint has {unknown[0]}, which the model lacks ({len(unknown)} such)', remedy=remedy)
    for name, tensor in ours.items():
        if tuple(theirs[name].shape) != tuple(tensor.shape):
            raise InputError(
                f'the checkpoint has {name} of shape {tuple(theirs[name].shape)}, the model {tuple(tensor.shape)}',
                remedy=remedy,
            )
