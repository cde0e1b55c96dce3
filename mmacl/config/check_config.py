"""Find misspelt keys and values of the wrong type before anything is built."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterable
from typing import Any

from mmengine.config import Config
from mmengine.registry import Registry

from mmacl.config.options import KNOWN, suggest
from mmacl.config.value_types import expected_type
from mmacl.datasets.open_videos import light_components
from mmacl.registry import all_registries, constructor_parameters, find_components
from mmacl.utils import InputError

_RANDOMNESS_KEYS = ('seed', 'diff_rank_seed', 'deterministic')
_DATALOADERS = ('train_dataloader', 'val_dataloader', 'test_dataloader')
# Keys that builders remove from the config of a component before they call its constructor.
_BUILDER_KEYS = {'type', '_scope_', '_delete_', 'priority', 'init_cfg'}


def check_config(config: Config) -> None:
    """Check the top-level names, and the keys and values of every component against its constructor.

    Raises:
        InputError: a type that no registry knows, a key that its constructor does not take, a value of another type
            than it declares, a hook without a type, or a top-level name that is nearly one that the Runner reads.
    """
    from torch.utils.data import DataLoader

    dataloader_keys = {
        *inspect.signature(DataLoader.__init__).parameters,
        'num_batch_per_epoch',
        'disable_subprocess_warning',
    }
    for key, value in config.items():
        if key in KNOWN:
            continue
        # A config may define names of its own, so only names that are close to a known one are refused.
        near = difflib.get_close_matches(key, KNOWN, 1, cutoff=0.75 if isinstance(value, dict) else 0.86)
        if near:
            raise InputError(
                f'top-level key {key!r} is not known', file=config.filename, remedy=f'did you mean {near[0]!r}?'
            )
    filename = str(config.filename)
    _check_hooks(config.get('default_hooks') or {}, filename)
    for name in _DATALOADERS:
        loader = config.get(name)
        _check_keys(loader, name, dataloader_keys, filename)
        for path, node in ((name, loader), (f'{name}.dataset', loader.get('dataset') if loader else None)):
            if node is not None and not isinstance(node, dict):
                raise InputError(f'{path}={node!r} is not a mapping', file=filename, remedy=f'write {path}=dict(...)')
    _check_keys(config.get('randomness'), 'randomness', set(_RANDOMNESS_KEYS), filename)
    seed = (config.get('randomness') or {}).get('seed')
    if seed is not None and not isinstance(seed, int):
        raise InputError(f'randomness.seed={seed!r} is not a whole number', file=filename, remedy='correct the value')
    _check_node(config._cfg_dict, '', filename)


def check_datasets(config: Config) -> bool:
    """Check the datasets of a config, their stores and their annotation readers, as :func:`check_config` does.

    Datasets of mmacl are checked without torch. The pipelines are not checked.

    Returns:
        False if a component is not known without torch; :func:`check_config` may know it.

    Raises:
        InputError: a key that a constructor does not take, or a value of another type than it declares.
    """
    for name in _DATALOADERS:
        dataset = (config.get(name) or {}).get('dataset')
        if dataset is not None and not _check_light(dataset, f'{name}.dataset', str(config.filename)):
            return False
    return True


def _check_light(node: Any, path: str, filename: str) -> bool:
    """Check a dataset, store or annotation reader without torch; False if it is not known."""
    components = light_components(node.get('type')) if isinstance(node, dict) else []
    if not components:
        return False
    _check_component(node, path, filename, components)
    below = [(key, node[key]) for key in ('store', 'ann_reader') if isinstance(node.get(key), dict)]
    return all(_check_light(value, f'{path}.{key}', filename) for key, value in below)


def _check_hooks(hooks: Any, filename: str) -> None:
    """Refuse hooks without a type: a misspelt name adds one."""
    for name, hook in hooks.items():
        if isinstance(hook, dict) and 'type' not in hook:
            typed = [other for other, config in hooks.items() if isinstance(config, dict) and 'type' in config]
            raise InputError(f'default_hooks.{name} has no type{suggest(name, typed)}', file=filename)


def _check_keys(node: Any, path: str, allowed: set[str], filename: str) -> None:
    for key in node if isinstance(node, dict) else ():
        if key not in allowed:
            raise InputError(f'{path} takes no {key!r}{suggest(key, allowed)}', file=filename)


def _check_node(node: Any, path: str, filename: str) -> None:
    if isinstance(node, dict):
        if isinstance(node.get('type'), str):
            _check_component(node, path, filename, find_components(node['type']))
        for key, value in node.items():
            _check_node(value, f'{path}.{key}' if path else str(key), filename)
    elif isinstance(node, (list, tuple)):
        for index, value in enumerate(node):
            _check_node(value, f'{path}.{index}', filename)


def _check_component(node: dict[str, Any], path: str, filename: str, components: list[Any]) -> None:
    name = node['type']
    if not components:
        known = {key for registry in all_registries() for key in _names(registry)}
        raise InputError(
            f'{path}.type={name!r} is not registered{suggest(name, known)}',
            file=filename,
            remedy='a plug-in must be imported first (custom_imports in the config, or --plugin)',
        )
    for key, value in node.items():
        expected = [expected_type(component, key, value) for component in components]
        if all(expected):
            raise InputError(f'{path}.{key}={value!r} is not {expected[0]}', file=filename, remedy='correct the value')
    accepted = [constructor_parameters(component) for component in components]
    if any(keys is None for keys in accepted):
        return
    allowed = {key for keys in accepted if keys is not None for key in keys}
    if path.endswith('norm_cfg'):
        allowed.add('requires_grad')  # mmcv.cnn.build_norm_layer takes it out
    for key in node:
        if key not in allowed and key not in _BUILDER_KEYS:
            raise InputError(f'{path}: {name} takes no {key!r}{suggest(key, allowed)}', file=filename)


def _names(registry: Registry) -> Iterable[str]:
    registry.import_from_location()
    return registry.module_dict
