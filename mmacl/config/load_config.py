"""From a config file to a config whose every key is known."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmengine.config import Config, DictAction

from mmacl.cli.arguments import import_plugin as import_plugin
from mmacl.config.check_config import apply_options, check_config
from mmacl.config.composed_config import ComposedConfig
from mmacl.config.shipped import find_config
from mmacl.utils import InputError


def load_config(
    path: str | Path, cfg_options: Mapping[str, object] | Sequence[str] = (), plugins: Sequence[str] = ()
) -> Config:
    """Compose a config, apply overrides, and check every key of every component before anything is built.

    Args:
        path: the config file, or the name of a config that comes with mmacl (:func:`list_models`).
        cfg_options: dotted path -> value, or the words of ``--cfg-options``; a path must exist unless it starts with
            ``+``.
        plugins: modules to import first.

    Raises:
        InputError: no such file, a fault in it, an unknown path, type or key; with the nearest known name.
    """
    for module in plugins:
        import_plugin(module)
    path = find_config(path)
    if path.suffix != '.py':
        raise InputError('a config is a .py file', file=path)
    try:
        config = ComposedConfig.of(Config.fromfile(str(path)))
    except FileNotFoundError as error:
        raise InputError(str(error), file=path, remedy='check its _base_ paths') from error
    except ImportError as error:
        reason = str(error).split(' in [')[0].split('\n')[0][:200]
        raise InputError(
            reason, file=path, remedy='check custom_imports, and that the plug-in is on PYTHONPATH'
        ) from error
    except (SyntaxError, KeyError, TypeError, ValueError, NameError, AttributeError) as error:
        reason = ' '.join(str(error).split())[:200]
        raise InputError(f'{type(error).__name__}: {reason}', file=path, remedy='mend the config file') from error
    apply_options(config, dict(cfg_options) if isinstance(cfg_options, Mapping) else parse_options(cfg_options))
    check_config(config)
    return config


def parse_options(words: Sequence[str]) -> dict[str, Any]:
    """Values of ``KEY=VALUE`` words: numbers, booleans, None, lists, tuples; in braces a mapping, as in Python.

    Raises:
        InputError: a mapping that is not one.
    """
    options: dict[str, Any] = {}
    for word in words:
        key, _, value = word.partition('=')
        if value.startswith('{'):
            try:
                options[key] = ast.literal_eval(value)
            except (ValueError, SyntaxError) as error:
                raise InputError(
                    f'{value} is not a mapping', file=f'--cfg-options {key}', remedy="write key=\"{'type': 'Name'}\""
                ) from error
        else:
            try:
                options[key] = DictAction._parse_iterable(value)
            except AssertionError as error:
                raise InputError(
                    f'brackets do not match in {value}', file=f'--cfg-options {key}', remedy='write key="[a,b]"'
                ) from error
    return options
