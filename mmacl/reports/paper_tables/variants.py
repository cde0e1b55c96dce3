"""The rows of Table 5: each config in a folder is a row."""

from __future__ import annotations

import ast
import textwrap
import tokenize
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmengine.config import Config

from mmacl.runs.seeded_run import composed_config
from mmacl.utils import InputError

_WIDEST_LABEL = 80


def label_of(config: Path) -> str:
    """Name the row of a config: the first line of its docstring or of its opening comment, else its file name.

    A key of the config could not name it, because a variant of a variant would inherit the key.

    Raises:
        InputError: the file is not Python.
    """
    try:
        docstring = ast.get_docstring(ast.parse(config.read_text(encoding='utf-8')))
    except (SyntaxError, ValueError) as error:
        raise InputError(
            str(' '.join(str(error).split())[:200]), file=config, remedy='correct the config file'
        ) from error
    line = docstring.splitlines()[0] if docstring else _opening_comment(config)
    return textwrap.shorten(line.strip().removesuffix('.'), _WIDEST_LABEL, placeholder=' ...') or config.stem


def _opening_comment(config: Path) -> str:
    with config.open('rb') as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT:
                return token.string.lstrip('#')
            if token.type not in (tokenize.ENCODING, tokenize.NL):
                return ''
    return ''


def find_variants(
    folder: Path, base: Config, options: Sequence[str], plugins: Sequence[str] = ()
) -> tuple[list[Path], list[Path]]:
    """Find the configs in a folder, by file name; files whose name starts with ``_`` or ``.`` are left out.

    Args:
        folder: folder of the configs; subfolders are not searched.
        base: config of the full model; a variant trains on the same data set, that is, on the same type of data set
            from the same ``data_root``.
        options: overrides that every config must accept.
        plugins: modules to import first.

    Returns:
        The configs that train on the data set of ``base``, and those that train on another.

    Raises:
        InputError: no such folder, or a config in it cannot be read.
    """
    if not folder.is_dir():
        raise InputError('no such folder', file=folder, remedy='give a folder with config files with --variants')
    ours: list[Path] = []
    others: list[Path] = []
    for path in sorted(folder.glob('*.py')):
        if path.name.startswith(('_', '.')):
            continue
        # Overrides are for the data set of the tables; a config of another data set need not accept them.
        same = _data_of(composed_config(path, (), plugins)) == _data_of(base)
        if same:
            composed_config(path, options, plugins)
        (ours if same else others).append(path)
    return ours, others


def _data_of(config: Config) -> tuple[Any, Any]:
    dataset = (config.get('train_dataloader') or {}).get('dataset') or {}
    return dataset.get('type'), dataset.get('data_root')
