"""Look at what a folder holds when the expected features are not there, and say how to use it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import PurePosixPath

from mmacl.datasets.stores.feature_store import Instead
from mmacl.datasets.stores.path_template import PathTemplate
from mmacl.utils import is_system_entry

_DEPTH, _MOST_ENTRIES, _SHOWN = 4, 20_000, 3

_PICKLE = 'it may be a pickle, which can run code and is never read; save each array as .npy with numpy.save'
_UNPACK = 'unpack it'
_ADVICE = {
    '.npy': "read it with store=dict(type='NpyFolderStore')",
    '.csv': "read it with store=dict(type='CsvFolderStore'), or convert it with --features csv",
    '.npz': "read it with store=dict(type='NpzStore'), or convert it with --features npz",
    '.h5': "read it with store=dict(type='HDF5Store', file=...), or convert it with --features hdf5",
    '.hdf5': "read it with store=dict(type='HDF5Store', file=...), or convert it with --features hdf5",
    '.safetensors': "read it with store=dict(type='SafetensorsStore', file=...)",
    '.pt': _PICKLE,
    '.pth': _PICKLE,
    '.pkl': _PICKLE,
    '.pickle': _PICKLE,
    '.mat': 'read it with scipy.io.loadmat and save each array as .npy with numpy.save',
    '.gz': 'gzip: unpack it with gunzip',
    '.zip': _UNPACK,
    '.tar': _UNPACK,
    '.tgz': _UNPACK,
    '.mp4': 'a video: extract features from it first',
    '.avi': 'a video: extract features from it first',
    '.mkv': 'a video: extract features from it first',
    '.webm': 'a video: extract features from it first',
}


def may_hold_features(name: str) -> bool:
    """Whether a file of this name may hold features, in whatever format."""
    return os.path.splitext(name)[1].lower() in _ADVICE


def look_near(path: str) -> list[Instead]:
    """What there is in place of a file: a dead link, or a file of the same name with another ending."""
    folder, name = os.path.split(path)
    there = _names_in(folder)
    if name in there and os.path.islink(path) and not os.path.exists(path):
        return [Instead(f'a link to {os.readlink(path)}, which does not exist', 'mend or remove the link')]
    stem = os.path.splitext(name)[0]
    others = [f'{name}.gz', *(stem + ending for ending in _ADVICE if stem + ending != name)]
    found = [os.path.join(folder, other) for other in others if other in there]
    return [Instead(place, _ADVICE[os.path.splitext(place)[1]]) for place in found if os.path.isfile(place)]


def _names_in(folder: str) -> frozenset[str]:
    """Names of the entries of a folder, listed once while it does not change: thousands of files may be missing."""
    try:
        return _listing(folder, os.stat(folder).st_mtime_ns)
    except OSError:
        return frozenset()


@lru_cache(maxsize=16)
def _listing(folder: str, modified: int) -> frozenset[str]:
    return frozenset(os.listdir(folder))


def look_into(root: str, templates: Sequence[PathTemplate], modality: str) -> tuple[Instead, ...]:
    """What a folder holds instead of features of a modality, the most telling first.

    Args:
        root: the folder.
        templates: where the features were looked for.
        modality: the stream.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for folder, name in _files(root):
        path, ending = os.path.join(root, folder, name), os.path.splitext(name)[1].lower()
        if os.path.islink(path) and not os.path.exists(path):
            groups.setdefault((folder, 'link'), []).append(name)
        elif ending in _ADVICE:
            groups.setdefault((folder, ending), []).append(name)
    filled = (template.fill(modality=modality, video='_', subset='_') for template in templates)
    expected = {str(PurePosixPath(path).parent) for path in filled}
    order = sorted(groups, key=lambda key: (key[0] not in expected, key[0].count('/'), key))
    return tuple(_describe(root, *key, sorted(groups[key]), templates, modality) for key in order[:_SHOWN])


def _files(root: str) -> Iterator[tuple[str, str]]:
    """Folder, relative to the root, and name of each file that a person may have put there."""
    seen = 0
    for folder, subfolders, names in os.walk(root, followlinks=True):
        relative = os.path.relpath(folder, root).replace(os.sep, '/')
        deep = relative != '.' and relative.count('/') >= _DEPTH - 1
        subfolders[:] = [] if deep else sorted(name for name in subfolders if not is_system_entry(name))
        for name in names:
            if not is_system_entry(name):
                seen += 1
                yield relative, name
        if seen > _MOST_ENTRIES:
            return


def _describe(
    root: str, folder: str, ending: str, names: Sequence[str], templates: Sequence[PathTemplate], modality: str
) -> Instead:
    """A group of files with one ending."""
    place = os.path.join(root, folder) if folder != '.' else root
    first, number = os.path.join(place, names[0]), len(names)
    if ending == 'link':
        more = f'; {number - 1} more dead links in {place}' if number > 1 else ''
        what = f'{first}, a link to {os.readlink(first)}, which does not exist{more}'
        return Instead(what, 'mend or remove the link')
    what = first if number == 1 else f'{number} {ending} files in {place}, such as {names[0]}'
    if not any(template.text.lower().endswith(ending) for template in templates):
        return Instead(what, _ADVICE[ending])
    for template in templates:
        other = template.names_in(names[0] if folder == '.' else f'{folder}/{names[0]}').get('modality')
        if other and other.casefold() == modality.casefold():
            return Instead(what, f'rename the folder, or call the stream {other!r} in modalities')
        if other:
            return Instead(what, f'features of the stream {other!r}; correct modalities')
    return Instead(what, f"set templates=('{_template_of(folder, names, modality)}',) of the store")


def _template_of(folder: str, names: Sequence[str], modality: str) -> str:
    """A template that leads to these files."""
    parts = ['{modality}' if part.casefold() == modality.casefold() else part for part in folder.split('/')]
    stems = [os.path.splitext(name)[0] for name in names]
    name = '{video}'
    if '{modality}' not in parts:
        for form in ('{video}_{modality}', '{video}-{modality}', '{modality}_{video}', '{modality}-{video}'):
            prefix, suffix = form.replace('{modality}', modality).split('{video}')
            if any(stem.startswith(prefix) and stem.endswith(suffix) for stem in stems):
                name = form
    return '/'.join([*(part for part in parts if part != '.'), name + os.path.splitext(names[0])[1]])
