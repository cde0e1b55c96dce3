"""The rows of Table 5: each config in a folder is a row."""

from __future__ import annotations

import ast
import textwrap
import tokenize
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmengine.config import Config

from mmacl.reports.paper_tables.data_sets import ABLATIONS, TableDataSet, read_published
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


def find_rows(
    data_set: TableDataSet, variants: Sequence[Path], options: Sequence[str], plugins: Sequence[str] = ()
) -> tuple[list[tuple[Path, str, str | None]], tuple[Path, ...]]:
    """Find the rows of Table 5: the paper's in its order, then those of ``variants``.

    Args:
        data_set: data set of the table.
        variants: folders with further configs, besides ``configs/acl/ablations``.
        options: overrides, as for ``--cfg-options``: ``'key=value'``.
        plugins: modules to import first.

    Returns:
        Config, label, and row of the paper (None for a variant of the user) of each; configs of ``variants`` that train
        on another data set.
    """
    published = {row['variant']: row for row in read_published()[5].rows}
    base = composed_config(data_set.base, options, plugins)
    full = published['us']
    found: list[tuple[int, Path, str, str | None]] = [(full['row'], data_set.base, str(full['method']), 'us')]
    seen, passed_over = {data_set.base.resolve()}, []
    for folder in (ABLATIONS, *variants):
        ours, others = find_variants(folder, base, options, plugins)
        # The folder of mmacl holds the variants of several data sets.
        passed_over += others if folder.resolve() != ABLATIONS else []
        for path in (path for path in ours if path.resolve() not in seen):
            seen.add(path.resolve())
            stem = path.stem.removeprefix(f'acl_{data_set.name}_')
            row = published.get(stem) if path.resolve().parent == ABLATIONS else None
            if row is None:
                found.append((len(published) + 1, path, label_of(path), None))
            else:
                found.append((int(row['row']), path, str(row['method']), str(row['variant'])))
    found.sort(key=lambda row: row[0])
    labels = [label for _, _, label, _ in found]
    return [
        (path, f'{label} ({path})' if labels.count(label) > 1 and variant is None else label, variant)
        for _, path, label, variant in found
    ], tuple(passed_over)


def _data_of(config: Config) -> tuple[Any, Any]:
    dataset = (config.get('train_dataloader') or {}).get('dataset') or {}
    return dataset.get('type'), dataset.get('data_root')
