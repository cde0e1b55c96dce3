"""Finds misspelt keys of a config before anything is built."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterable, Iterator
from typing import Any

from mmengine.config import Config, ConfigDict
from mmengine.registry import Registry
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from mmacl.registry import all_registries, constructor_parameters, find_components
from mmacl.utils import InputError

# What mmengine reads from a config besides the arguments of the Runner.
_TOP_LEVEL_KEYS = (
    'custom_imports',
    'model_wrapper_cfg',
    'runner_type',
    'activation_checkpointing',
    'efficient_conv_bn_eval',
    'compile',
)
_KNOWN = (*inspect.signature(Runner.__init__).parameters, *_TOP_LEVEL_KEYS)
_RANDOMNESS_KEYS = ('seed', 'diff_rank_seed', 'deterministic')
_DATALOADER_KEYS = {
    *inspect.signature(DataLoader.__init__).parameters,
    'num_batch_per_epoch',
    'disable_subprocess_warning',
}
# Keys that the builders take out of a component's config before its constructor sees it.
_BUILDER_KEYS = {'type', '_scope_', '_delete_', 'priority', 'init_cfg'}


def apply_options(config: Config, options: dict[str, Any]) -> None:
    """Set dotted paths of a config in place.

    Args:
        config: the composed config.
        options: path -> value. A path must exist; with a leading ``+`` its last part may be new.

    Raises:
        InputError: the path does not exist; names the nearest key that does.
    """
    for path, value in options.items():
        parts = path.removeprefix('+').split('.')
        if parts[0] in config and parts[0] not in _KNOWN:
            _refuse_variable(config, path, parts)
        node: Any = config._cfg_dict
        for depth, part in enumerate(parts[:-1]):
            node = _child(node, part, path, '.'.join(parts[:depth]))
        last = int(parts[-1]) if isinstance(node, (list, tuple)) and parts[-1].isdigit() else parts[-1]
        exists = last < len(node) if isinstance(last, int) else isinstance(node, dict) and last in node
        if not exists and not (path.startswith('+') and isinstance(node, dict)):
            _child(node, parts[-1], path, '.'.join(parts[:-1]))
        if isinstance(node, tuple):
            whole = '.'.join(parts[:-1])
            raise InputError(
                f'{whole} is a tuple', file=f'--cfg-options {path}', remedy=f'give all of it, as {whole}="(...)"'
            )
        node[last] = ConfigDict(value) if isinstance(value, dict) else value


def _child(node: Any, part: str, path: str, parent: str) -> Any:
    """One step down, or an error that names the alternatives."""
    if isinstance(node, (list, tuple)) and part.isdigit() and int(part) < len(node):
        return node[int(part)]
    if isinstance(node, dict) and part in node:
        return node[part]
    known = list(node) if isinstance(node, dict) else []
    where = f'in {parent}' if parent else 'at the top level'
    raise InputError(
        f'the config has no key {part!r} {where}{_suggest(part, known)}',
        file=f'--cfg-options {path}',
        remedy='put + before the path to add one',
    )


def _refuse_variable(config: Config, path: str, parts: list[str]) -> None:
    """A variable of the file was read while the file was composed: setting it now would change nothing."""
    last = parts[-1]
    read_into = [
        found for found in _paths(config._cfg_dict, '') if found.endswith(f'.{last}') and found.split('.')[0] in _KNOWN
    ]
    places = ' '.join(f'{found}=...' for found in read_into) or 'the keys that it went into'
    raise InputError(
        f'{parts[0]} is a variable of {config.filename}, which nothing reads any more',
        file=f'--cfg-options {path}',
        remedy=f'edit the file, or set {places}',
    )


def _paths(node: Any, path: str) -> Iterator[str]:
    """Dotted paths of all keys."""
    for key, value in node.items() if isinstance(node, dict) else ():
        below = f'{path}.{key}' if path else str(key)
        yield below
        yield from _paths(value, below)


def check_config(config: Config) -> None:
    """Check the top-level names, and the keys of every component against its constructor.

    Raises:
        InputError: a type that no registry knows, a key that its constructor does not take, a hook without a type, or a
            top-level name that is nearly one that the Runner reads.
    """
    for key, value in config.items():
        # A config may define names of its own, so only near misses of a known one can be told from them.
        near = difflib.get_close_matches(key, _KNOWN, 1, cutoff=0.75 if isinstance(value, dict) else 0.86)
        if key not in _KNOWN and near:
            raise InputError(
                f'top-level key {key!r} is not known', file=config.filename, remedy=f'did you mean {near[0]!r}?'
            )
    filename = str(config.filename)
    _check_hooks(config.get('default_hooks') or {}, filename)
    for name in ('train_dataloader', 'val_dataloader', 'test_dataloader'):
        _check_keys(config.get(name), name, _DATALOADER_KEYS, filename)
    _check_keys(config.get('randomness'), 'randomness', set(_RANDOMNESS_KEYS), filename)
    _check_node(config._cfg_dict, '', filename)


def _check_hooks(hooks: Any, filename: str) -> None:
    """A misspelt name of a hook adds one that has no type."""
    for name, hook in hooks.items():
        if isinstance(hook, dict) and 'type' not in hook:
            typed = [other for other, config in hooks.items() if isinstance(config, dict) and 'type' in config]
            raise InputError(f'default_hooks.{name} has no type{_suggest(name, typed)}', file=filename)


def _check_keys(node: Any, path: str, allowed: set[str], filename: str) -> None:
    for key in node if isinstance(node, dict) else ():
        if key not in allowed:
            raise InputError(f'{path} takes no {key!r}{_suggest(key, allowed)}', file=filename)


def _check_node(node: Any, path: str, filename: str) -> None:
    if isinstance(node, dict):
        if isinstance(node.get('type'), str):
            _check_component(node, path, filename)
        for key, value in node.items():
            _check_node(value, f'{path}.{key}' if path else str(key), filename)
    elif isinstance(node, (list, tuple)):
        for index, value in enumerate(node):
            _check_node(value, f'{path}.{index}', filename)


def _check_component(node: dict[str, Any], path: str, filename: str) -> None:
    name = node['type']
    components = find_components(name)
    if not components:
        known = {key for registry in all_registries() for key in _names(registry)}
        raise InputError(
            f'{path}.type={name!r} is not registered{_suggest(name, known)}',
            file=filename,
            remedy='a plug-in must be imported first (custom_imports in the config, or --plugin)',
        )
    accepted = [constructor_parameters(component) for component in components]
    if any(keys is None for keys in accepted):
        return
    allowed = {key for keys in accepted if keys is not None for key in keys}
    if path.endswith('norm_cfg'):
        allowed.add('requires_grad')  # mmcv.cnn.build_norm_layer takes it out
    for key in node:
        if key not in allowed and key not in _BUILDER_KEYS:
            raise InputError(f'{path}: {name} takes no {key!r}{_suggest(key, allowed)}', file=filename)


def _names(registry: Registry) -> Iterable[str]:
    registry.import_from_location()
    return registry.module_dict


def _suggest(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), 1, cutoff=0.6)
    return f' (did you mean {near[0]!r}?)' if near else ''
