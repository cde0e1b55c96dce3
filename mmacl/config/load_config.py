"""Load a config file: compose it, import plug-ins, fold ``sampling``, apply overrides, check keys and values."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmengine.config import Config

from mmacl.cli.arguments import import_plugin as import_plugin
from mmacl.config.check_config import check_config, check_datasets
from mmacl.config.config_text import config_text
from mmacl.config.fold_sampling import fold_sampling
from mmacl.config.options import apply_options, parse_options
from mmacl.config.shipped import find_config
from mmacl.utils import InputError


class ComposedConfig(Config):
    """A ``Config`` whose ``pretty_text`` keeps the order of keys."""

    @classmethod
    def of(cls, config: Config) -> ComposedConfig:
        """Convert a config to this class."""
        composed: ComposedConfig = cls.__new__(cls)
        composed.__setstate__(config.__getstate__())
        return composed

    @property
    def pretty_text(self) -> str:
        """The config as Python source, see :func:`config_text`."""
        return config_text(self._cfg_dict.to_dict())


def load_config(
    path: str | Path,
    cfg_options: Mapping[str, object] | Sequence[str] = (),
    plugins: Sequence[str] = (),
    datasets_only: bool = False,
) -> Config:
    """Compose a config, fold its ``sampling``, apply overrides, and check every key of every component.

    Nothing is built.

    Args:
        path: the config file, or the name of a config that comes with mmacl (:func:`list_models`).
        cfg_options: dotted path -> value, or the words of ``--cfg-options``; a path must exist unless it starts with
            ``+``. They apply after :func:`fold_sampling`.
        plugins: modules to import first.
        datasets_only: check only the datasets, which needs no torch for those of mmacl; for programs that look at data.

    Raises:
        InputError: no such file, a fault in it, an unknown path, type or key, a plug-in that cannot be imported; with
            the nearest known name.
    """
    for module in plugins:
        import_plugin(module)
    path = find_config(path)
    if path.suffix != '.py':
        raise InputError('a config is a .py file', file=path)
    config = ComposedConfig.of(_compose(path))
    _import_custom_modules(config, path)
    fold_sampling(config)
    apply_options(config, dict(cfg_options) if isinstance(cfg_options, Mapping) else parse_options(cfg_options))
    if not (datasets_only and check_datasets(config)):
        check_config(config)
    return config


def _compose(path: Path) -> Config:
    """Read a config with its bases; plug-ins are imported later, so that their errors are told apart."""
    try:
        return Config.fromfile(str(path), import_custom_modules=False)
    except FileNotFoundError as error:
        raise InputError(str(error), file=path, remedy='check its _base_ paths') from error
    except Exception as error:  # a config is a program, which may raise anything
        marked = _file_with_mark(path, set()) if isinstance(error, (SyntaxError, UnicodeDecodeError)) else None
        if marked is not None:
            raise InputError(
                'starts with a byte order mark, or is not UTF-8', file=marked, remedy='save it as UTF-8 without BOM'
            ) from error
        reason = ' '.join(str(error).split())[:200]
        raise InputError(f'{type(error).__name__}: {reason}', file=path, remedy='correct the config file') from error


def _file_with_mark(path: Path, seen: set[Path]) -> Path | None:
    """Find a file with a byte order mark among a config and its bases."""
    content = path.read_bytes()
    if content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return path
    seen.add(path)
    bases = [path.parent / os.fsdecode(name) for name in re.findall(rb'[\'"]([^\'"\n]+\.py)[\'"]', content)]
    unseen = [base for base in bases if base.is_file() and base not in seen]
    return next((found for base in unseen if (found := _file_with_mark(base, seen))), None)


def _import_custom_modules(config: Config, path: Path) -> None:
    """Import the modules that a config and its bases name in ``custom_imports``.

    mmengine lets the list of a config replace that of its base, which would silently lose the plug-ins of the base.
    """
    if not config.get('custom_imports'):
        return
    # The text of a composed config has the path of each file before its content, bases first.
    files = [line for line in config.text.splitlines() if line.endswith('.py') and os.path.isabs(line)]
    naming = [file for file in files if 'custom_imports' in Path(file).read_text(encoding='utf-8')]
    named: list[str] = []
    for file in naming if len(naming) > 1 else ():  # of one file, the composed config has the whole list
        named += _imports_of(Config.fromfile(file, import_custom_modules=False))
    modules = list(dict.fromkeys([*named, *_imports_of(config)]))
    config.custom_imports['imports'] = modules
    for module in modules:
        try:
            import_plugin(module, f'{path}: custom_imports')
        except InputError:
            if not config.custom_imports.get('allow_failed_imports', False):
                raise


def _imports_of(config: Config) -> list[str]:
    imports: Any = (config.get('custom_imports') or {}).get('imports') or []
    return [imports] if isinstance(imports, str) else list(imports)
