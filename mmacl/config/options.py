"""Overrides of a config, as ``--cfg-options`` gives them."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mmengine.config import Config, ConfigDict, DictAction

from mmacl.utils import InputError

# Arguments of mmengine's Runner, whose import takes seconds; a test compares.
RUNNER_KEYS = (
    'self', 'model', 'work_dir', 'train_dataloader', 'val_dataloader', 'test_dataloader', 'train_cfg', 'val_cfg',
    'test_cfg', 'auto_scale_lr', 'optim_wrapper', 'param_scheduler', 'val_evaluator', 'test_evaluator',
    'default_hooks', 'custom_hooks', 'data_preprocessor', 'load_from', 'resume', 'launcher', 'env_cfg',
    'log_processor', 'log_level', 'visualizer', 'default_scope', 'randomness', 'experiment_name', 'cfg',
)  # fmt: skip
# What mmengine and load_config read from a config besides them.
_TOP_LEVEL_KEYS = (
    'custom_imports',
    'sampling',
    'model_wrapper_cfg',
    'runner_type',
    'activation_checkpointing',
    'efficient_conv_bn_eval',
    'compile',
)
KNOWN = (*RUNNER_KEYS, *_TOP_LEVEL_KEYS)
"""Top-level keys that a run reads."""


def parse_options(words: Sequence[str], argument: str = '--cfg-options') -> dict[str, Any]:
    """Parse ``KEY=VALUE`` words: numbers, booleans, None, lists, tuples, and mappings, ``{...}`` or ``dict(...)``.

    Args:
        words: as the shell splits them.
        argument: the option of the command that takes them, for messages.

    Raises:
        InputError: a mapping or a list cannot be read, or brackets do not match.
    """
    options: dict[str, Any] = {}
    for word in words:
        key, _, value = word.partition('=')
        if value.startswith(('{', 'dict(')):
            try:
                options[key] = _literal(ast.parse(value, mode='eval').body)
            except (ValueError, SyntaxError) as error:
                raise InputError(
                    f'{value} is not a mapping', file=f'{argument} {key}', remedy="write key=\"{'type': 'Name'}\""
                ) from error
        else:
            try:
                options[key] = DictAction._parse_iterable(value)
            except AssertionError as error:
                raise InputError(
                    f'brackets do not match in {value}', file=f'{argument} {key}', remedy='write key="[a,b]"'
                ) from error
            except RecursionError as error:  # a comma in brackets that are not at the beginning of a value
                raise InputError(
                    f'{value} cannot be read',
                    file=f'{argument} {key}',
                    remedy='write key="[a,b]" or key="dict(a=1,b=2)"',
                ) from error
    return options


def _literal(node: ast.expr) -> Any:
    """Evaluate a literal of Python, or ``dict(...)`` with literals."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == 'dict' and not node.args:
        if any(keyword.arg is None for keyword in node.keywords):
            raise ValueError('**')
        return {keyword.arg: _literal(keyword.value) for keyword in node.keywords}
    if isinstance(node, (ast.List, ast.Tuple)):
        values = [_literal(element) for element in node.elts]
        return values if isinstance(node, ast.List) else tuple(values)
    if isinstance(node, ast.Dict):
        keys = [ast.literal_eval(key or ast.Name('**')) for key in node.keys]  # of `**more` there is none
        return dict(zip(keys, map(_literal, node.values), strict=True))
    return ast.literal_eval(node)


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
        if parts[0] == 'sampling':
            raise InputError(
                'sampling is folded into train_dataloader when a config is loaded',
                file=f'--cfg-options {path}',
                remedy='set train_dataloader.batch_size, train_dataloader.batch_sampler or a step of '
                'train_dataloader.dataset.pipeline',
            )
        if parts[0] in config and parts[0] not in KNOWN:
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
    """Return the value of a key, or raise an error that names the nearest one."""
    if isinstance(node, (list, tuple)) and part.isdigit() and int(part) < len(node):
        return node[int(part)]
    if isinstance(node, dict) and part in node:
        return node[part]
    known = list(node) if isinstance(node, dict) else []
    where = f'in {parent}' if parent else 'at the top level'
    raise InputError(
        f'the config has no key {part!r} {where}{suggest(part, known)}',
        file=f'--cfg-options {path}',
        remedy='put + before the path to add one',
    )


def _refuse_variable(config: Config, path: str, parts: list[str]) -> None:
    """Refuse to set a variable of the file, which was used when the file was composed."""
    last = parts[-1]
    read_into = [
        found for found in _paths(config._cfg_dict, '') if found.endswith(f'.{last}') and found.split('.')[0] in KNOWN
    ]
    places = ' '.join(f'{found}=...' for found in read_into) or 'the keys that use it'
    raise InputError(
        f'{parts[0]} is a variable of {config.filename}, which is no longer read',
        file=f'--cfg-options {path}',
        remedy=f'edit the file, or set {places}',
    )


def _paths(node: Any, path: str) -> Iterator[str]:
    """Yield the dotted paths of all keys."""
    for key, value in node.items() if isinstance(node, dict) else ():
        below = f'{path}.{key}' if path else str(key)
        yield below
        yield from _paths(value, below)


def suggest(word: str, known: Iterable[str]) -> str:
    """Name the nearest known word in brackets, if there is one near enough."""
    near = difflib.get_close_matches(word, list(known), 1, cutoff=0.6)
    return f' (did you mean {near[0]!r}?)' if near else ''
