"""The keys of a config that decide what a network computes and how it is trained, as plain values by dotted path."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, NamedTuple

from mmengine.config import Config

from mmacl.models import BaseLocalizer
from mmacl.registry import constructor_parameters, find_components

# May differ from one test to the next: post-processing, and the layout of a batch.
_NOT_THE_NETWORK = ('post_processor', 'fusion_weights', 'data_preprocessor', 'length_groups', 'init_cfg')
# A run may be given more rounds while it is under way.
_MAY_GROW = 'train_cfg.num_rounds'
# The same data may be in another place, or in memory.
_PLACE_OF_DATA = tuple(f'train_dataloader.dataset.{key}' for key in ('data_root', 'store', 'cache', 'lazy_init'))
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
    """Return the keys under ``model`` that decide what the weights compute: all but ``training_only`` of the method."""
    model = config.get('model', {})
    methods = find_components(model['type']) if 'type' in model else []
    training_only = getattr(next(iter(methods), None), 'training_only', BaseLocalizer.training_only)
    return _without(_flatten(model, 'model'), (*_NOT_THE_NETWORK, *training_only))


def training_fingerprint(config: Config) -> dict[str, Any]:
    """Return the keys that decide the weights, given the data and the seed."""
    found = _without(_flatten(config.get('model', {}), 'model'), _NOT_THE_NETWORK)
    for path in _TRAINING:
        node: Any = config
        for part in path.split('.'):
            node = node.get(part) if isinstance(node, (dict, Config)) else None
        found.update(_flatten(node, path))
    for path in list(found):
        if path.startswith(_PLACE_OF_DATA) or path == _MAY_GROW:
            del found[path]
    return found


class Difference(NamedTuple):
    """A key that two configs have with different values, or that only one of them has.

    Attributes:
        path: the dotted path.
        theirs: ``<path>=<value>`` in the first config; ``no <path>`` where it has none.
        ours: the value in the second config, or ``none``.
    """

    path: str
    theirs: str
    ours: str


def first_difference(theirs: dict[str, Any], ours: dict[str, Any]) -> Difference | None:
    """Find the first key that differs between two fingerprints.

    A key that only one of them has counts, unless it spells out the default of its component.
    """
    for path in [*ours, *(path for path in theirs if path not in ours)]:
        if path in ours and path in theirs:
            if theirs[path] != ours[path] and not _is_alias(path, theirs[path], ours[path]):
                return Difference(path, f'{path}={theirs[path]!r}', repr(ours[path]))
        elif path in ours and not _is_default(ours, path):
            top = _topmost(path, theirs)
            return Difference(top, f'no {top}', repr(_value(ours, top)))
        elif path in theirs and not _is_default(theirs, path):
            top = _topmost(path, ours)
            return Difference(top, f'{top}={_value(theirs, top)!r}', 'none')
    return None


def _is_alias(path: str, theirs: Any, ours: Any) -> bool:
    """Whether two types are names of one component."""
    if not path.endswith('.type') or not isinstance(theirs, str) or not isinstance(ours, str):
        return False
    found = find_components(theirs)
    return bool(found) and found == find_components(ours)


def _is_default(side: dict[str, Any], path: str) -> bool:
    """Whether the component of a key would have the same value without it."""
    parts = path.split('.')
    for depth in range(len(parts) - 1, 0, -1):
        component, key = '.'.join(parts[:depth]), parts[depth]
        if f'{component}.type' in side:
            default = _default(side[f'{component}.type'], key)
            if default is not inspect.Parameter.empty:
                return _flatten(default, '') == _below(side, f'{component}.{key}')
            break
    # Without a component, None equals a key that is not there.
    return side[path] is None


def _default(type_: Any, key: str) -> Any:
    for component in find_components(type_) if isinstance(type_, str) else ():
        parameter = (constructor_parameters(component) or {}).get(key)
        if parameter is not None:
            return parameter.default
    return inspect.Parameter.empty


def _below(side: dict[str, Any], path: str) -> dict[str, Any]:
    """Return the values at a path and below it, by the rest of the path."""
    return {p[len(path) :]: value for p, value in side.items() if p == path or p.startswith(f'{path}.')}


def _value(side: dict[str, Any], path: str) -> Any:
    """Return the value at a path, or a mapping of all below it."""
    below = _below(side, path)
    return below[''] if '' in below else {key.removeprefix('.'): value for key, value in below.items()}


def _topmost(path: str, other: dict[str, Any]) -> str:
    """Return the shortest beginning of a path that the other side does not have."""
    parts = path.split('.')
    beginnings = ('.'.join(parts[:depth]) for depth in range(1, len(parts) + 1))
    return next(
        beginning
        for beginning in beginnings
        if beginning == path or all(value is None for value in _below(other, beginning).values())
    )


def _flatten(node: Any, path: str) -> dict[str, Any]:
    if isinstance(node, Mapping):
        found = {}
        for key, value in node.items():
            found.update(_flatten(value, f'{path}.{key}'))
        return found
    if isinstance(node, (list, tuple)):
        if any(isinstance(item, Mapping) for item in node):
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
