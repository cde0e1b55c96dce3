"""The methods of a table: their configs, found by name, and what their papers report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmacl.config import shipped_configs
from mmacl.reports.paper_tables.data_sets import DATA_SETS, TableDataSet
from mmacl.utils import InputError

SETTINGS = {'us': 'unsupervised', 'ws': 'weakly supervised', 'fs': 'fully supervised'}
"""Settings by the end of a config's name; nothing here is fully supervised."""


@dataclass(frozen=True, eq=False)
class Method:
    """A method with its configs for one data set.

    Attributes:
        name: the configs are called ``<name>_<data set>_<setting>.py``.
        title: its name in tables.
        configs: by setting, ``'us'`` or ``'ws'``.
        published: by setting, what the paper of the method reports: mAP in per cent, by column such as ``'0.3'``.
    """

    name: str
    title: str
    configs: Mapping[str, Path]
    published: Mapping[str, Mapping[str, float]]


def find_methods(wanted: Sequence[str], data_set: TableDataSet, settings: Sequence[str]) -> list[Method]:
    """Find methods that have a config for a data set.

    Args:
        wanted: names of methods that come with mmacl, ``'all'`` for all of these, and folders with configs of others;
            a ``metafile.yml`` in a folder gives the names for tables and the published figures.
        data_set: the data set.
        settings: which configs to take.

    Raises:
        InputError: there is no such method, or a folder holds none.
    """
    folders = sorted(path for path in shipped_configs().iterdir() if path.is_dir() and path.name != '_base_')
    shipped = {method.name: method for folder in folders for method in _methods_in(folder, data_set, settings)}
    found: dict[tuple[Path, ...], Method] = {}
    for word in wanted:
        if word == 'all':
            chosen = list(shipped.values())
        elif word in shipped:
            chosen = [shipped[word]]
        elif Path(word).is_dir():
            chosen = _methods_in(Path(word), data_set, settings)
        else:
            chosen = []
        if not chosen:
            ends = ' or '.join(f'<method>_{data_set.name}_{setting}.py' for setting in settings)
            raise InputError(
                f'no config {ends}' if Path(word).is_dir() else f'no method of this name has a config for {ends}',
                file=f'--methods {word}',
                remedy=f'choose from all, {", ".join(shipped)}, or give a folder with such configs',
            )
        found.update({tuple(method.configs.values()): method for method in chosen})
    return _with_distinct_titles(sorted(found.values(), key=lambda m: (m.name != 'acl', m.title.lower())))


def _methods_in(folder: Path, data_set: TableDataSet, settings: Iterable[str]) -> list[Method]:
    """Find the methods in a folder, by name; files whose name starts with ``_`` are left out."""
    configs: dict[str, dict[str, Path]] = {}
    for setting in settings:
        end = f'_{data_set.name}_{setting}'
        for path in sorted(folder.glob(f'[!_.]*{end}.py')):
            configs.setdefault(path.stem.removesuffix(end), {})[setting] = path
    if not configs:
        return []
    metafile = _read_metafile(folder)
    titles = [collection['Name'] for collection in metafile.get('Collections') or ()]
    models = {model['Name']: model for model in metafile.get('Models') or ()}

    def title_of(name: str, paths: Iterable[Path]) -> str:
        named = [models[path.stem]['In Collection'] for path in paths if 'In Collection' in models.get(path.stem, {})]
        return str([*named, *(titles if len(titles) == 1 else ()), name][0])

    return [
        Method(
            name,
            title_of(name, of_name.values()),
            of_name,
            {setting: _published(models, name, setting, data_set) for setting in of_name},
        )
        for name, of_name in sorted(configs.items())
    ]


def _read_metafile(folder: Path) -> dict[str, Any]:
    from mmengine.fileio import load

    path = folder / 'metafile.yml'
    return load(path) if path.is_file() else {}


def _published(models: Mapping[str, Any], name: str, setting: str, data_set: TableDataSet) -> dict[str, float]:
    """Return the published figures of the data set that is shown beside ours."""
    for other in DATA_SETS.values():
        published = models.get(f'{name}_{other.name}_{setting}', {}).get('Published') or {}
        if other.title == data_set.published and published.get('Dataset') == other.title:
            figures = published['Metrics'].items()
            return {metric.removeprefix('mAP@'): float(value) for metric, value in figures if value is not None}
    return {}


def _with_distinct_titles(methods: list[Method]) -> list[Method]:
    """Add the name to titles that two methods share."""
    titles = [method.title for method in methods]
    return [
        Method(method.name, f'{method.title} ({method.name})', method.configs, method.published)
        if titles.count(method.title) > 1
        else method
        for method in methods
    ]
