"""Feature stores from the words of a command line: the name of a public layout, options, slices."""

from __future__ import annotations

import ast
import difflib
import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmacl.datasets.stores import FeatureStore
from mmacl.registry import FEATURE_STORES
from mmacl.utils import InputError

_LITERAL = re.compile(r'[\[({\'"].*|True|False|None|[-+]?\d[\d.e+-]*')
_I3D = dict(rgb=(0, 1024), flow=(1024, 2048))

LAYOUTS: dict[str, dict[str, Any]] = {
    'folder': dict(type='NpyFolderStore'),
    'csv': dict(type='CsvFolderStore'),
    'basnet': dict(
        type='NpyFolderStore',
        templates=('features/{subset}/{modality}/{video}.npy', '{subset}/{modality}/{video}.npy'),
    ),
    'actionformer': dict(type='NpyFolderStore', templates=('i3d_features/{video}.npy', '{video}.npy'), slices=_I3D),
    'wtalc': dict(type='JointNpyStore'),
}
"""Configs of stores. Every registered store is a layout besides, by its name without ``Store``: ``hdf5``, ``npz``."""


def store_config(
    layout: str,
    path: Path,
    options: Mapping[str, Any] | None = None,
    slices: Mapping[str, Sequence[int]] | None = None,
) -> dict[str, Any]:
    """The config of the store for a layout.

    Args:
        layout: a key of :data:`LAYOUTS`, or the name of a registered store with or without ``Store``.
        path: the folder, or the one file of a store that reads one.
        options: arguments of the store that replace those of the layout.
        slices: columns of each modality, which replace those of the layout.

    Raises:
        InputError: the layout is not known, there is no such path, or the store has no such argument.
    """
    config = {**(LAYOUTS.get(layout) or dict(type=_registered(layout)))}
    parameters = inspect.signature(FEATURE_STORES.get(config['type'])).parameters
    if not path.exists():
        raise InputError(
            f'--features {layout} {path}: no such file or folder', remedy='name the one that holds the features'
        )
    if path.is_dir():
        config['root'] = str(path)
    elif 'file' in parameters:
        config |= dict(root=str(path.parent), file=path.name)
    else:
        raise InputError(f'--features {layout} {path}: is a file', remedy='name the folder of this layout')
    known = [name for name in parameters if name != 'root']  # the path is the root
    given = dict(options or {}) | ({} if slices is None else dict(slices=dict(slices)))
    for key in given:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f'did you mean {near[0]!r}?' if near else f'it takes {", ".join(known)}'
            raise InputError(f'{config["type"]} takes no {key!r}', file=f'--store {key}', remedy=str(hint))
    config |= given
    if isinstance(config.get('templates'), str):
        config['templates'] = (config['templates'],)
    return config


def open_store(config: Mapping[str, Any]) -> FeatureStore:
    """The store of a config.

    Raises:
        InputError: an argument is missing or makes no sense.
    """
    try:
        store: FeatureStore = FEATURE_STORES.build(dict(config))
    except (TypeError, AttributeError) as error:
        reason = ' '.join(str(error).split())
        raise InputError(
            f'{config["type"]} cannot be built ({reason:.200})', file='--store', remedy='see its docstring'
        ) from error
    return store


def layout_names() -> tuple[str, ...]:
    """Every name of a layout, the public ones first."""
    return (*LAYOUTS, *sorted(name.removesuffix('Store').lower() for name in _stores()))


def _stores() -> list[str]:
    """Names of the registered stores that read from a path, and not from another store."""
    FEATURE_STORES.import_from_location()
    stores = FEATURE_STORES.module_dict.items()
    return [str(name) for name, store in stores if 'root' in inspect.signature(store).parameters]


def _registered(layout: str) -> str:
    """The name of the registered store."""
    for name in _stores():
        if layout.lower() in (name.lower(), name.lower().removesuffix('store')):
            return name
    raise InputError('no such layout', file=f'--features {layout}', remedy=f'choose one of {", ".join(layout_names())}')


def parse_options(words: Iterable[str]) -> dict[str, Any]:
    """Values by key, from words ``KEY=VALUE``.

    A value that is a number, a list, a tuple, a mapping or a quoted text in Python is read as such; any other is text,
    such as ``{video}/c3d``.

    Raises:
        InputError: a word has no ``=``, or a key is repeated.
    """
    options: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition('=')
        if not key.isidentifier() or not equals:
            raise InputError('give KEY=VALUE, as in file=features.h5', file=f'--store {word!r}')
        if key in options:
            raise InputError(f'{key} is given twice', file=f'--store {word!r}', remedy='give it once')
        options[key] = _value(value)
    return options


def parse_slices(words: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Columns of each modality, from words ``MODALITY=FIRST:STOP``.

    Raises:
        InputError: a word has another form, or a modality is repeated.
    """
    slices: dict[str, tuple[int, int]] = {}
    for word in words:
        match = re.fullmatch(r'([^=]+)=(\d{1,9}):(\d{1,9})', word)
        if match is None or match[1] in slices or int(match[2]) >= int(match[3]):
            raise InputError(
                'give each modality once, with its first column and the one after its last, as in '
                'rgb=0:1024 flow=1024:2048',
                file=f'--slices {word!r}',
            )
        slices[match[1]] = (int(match[2]), int(match[3]))
    return slices


def _value(text: str) -> Any:
    if _LITERAL.fullmatch(text):
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return text
        # {video} is a set of a name, no literal; no store takes a set of literals.
        return text if isinstance(value, set) else value
    return text
