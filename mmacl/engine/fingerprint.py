"""What of a config makes a network, and what makes a training: plain values by dotted path."""

from __future__ import annotations

from typing import Any

from mmengine.config import Config

# May differ from one test to the next: what happens after the network, and how a batch is laid out.
_NOT_THE_NETWORK = ('post_processor', 'fusion_weights', 'data_preprocessor', 'length_groups', 'init_cfg')
# Part of training alone.
_TRAINING_ONLY = ('stream.losses', 'stream.input_dropout')
# A run may be given more rounds while it is under way.
_MAY_GROW = 'train_cfg.num_rounds'
# The same data may lie elsewhere, or be kept in memory or not.
_WHERE_DATA_LIE = tuple(f'train_dataloader.dataset.{key}' for key in ('data_root', 'store', 'cache', 'lazy_init'))
_TRAINING = (
    'train_cfg',
    'optim_wrapper',
    'param_scheduler',
    'train_dataloader.batch_size',
    'train_dataloader.batch_sampler',
    'train_dataloader.dataset',
    'default_hooks.clustering',
    'default_hooks.restart',
)


def network_fingerprint(config: Config) -> dict[str, Any]:
    """The keys under ``model`` that decide what the weights compute."""
    model = _without(_flatten(config.get('model', {}), 'model'), _NOT_THE_NETWORK)
    return _without(model, _TRAINING_ONLY)


def training_fingerprint(config: Config) -> dict[str, Any]:
    """The keys that decide how weights come about, given the data and the seed."""
    found = _without(_flatten(config.get('model', {}), 'model'), _NOT_THE_NETWORK)
    for path in _TRAINING:
        node: Any = config
        for part in path.split('.'):
            node = node.get(part) if isinstance(node, (dict, Config)) else None
        found.update(_flatten(node, path))
    for path in list(found):
        if path.startswith(_WHERE_DATA_LIE) or path == _MAY_GROW:
            del found[path]
    return found


def first_difference(theirs: dict[str, Any], ours: dict[str, Any]) -> tuple[str, Any, Any] | None:
    """The first path that both have with different values, and the two values.

    A path that only one of them has does not count: it may be a default that the other spells out.
    """
    for path, value in ours.items():
        if path in theirs and theirs[path] != value:
            return path, theirs[path], value
    return None


def _flatten(node: Any, path: str) -> dict[str, Any]:
    if isinstance(node, dict):
        found = {}
        for key, value in node.items():
            found.update(_flatten(value, f'{path}.{key}'))
        return found
    if isinstance(node, (list, tuple)):
        if any(isinstance(item, dict) for item in node):
            return _flatten({str(index): item for index, item in enumerate(node)}, path)
        return {path: list(node)}
    return {path: node}


def _without(found: dict[str, Any], parts: tuple[str, ...]) -> dict[str, Any]:
    """Drop ``model.<part>`` and everything below."""
    prefixes = tuple(f'model.{part}' for part in parts)
    return {
        path: value
        for path, value in found.items()
        if not any(path == prefix or path.startswith(f'{prefix}.') for prefix in prefixes)
    }
