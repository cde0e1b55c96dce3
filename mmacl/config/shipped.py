"""Find the configs that come with mmacl; setup.py puts them into the package."""

from __future__ import annotations

from difflib import get_close_matches
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path

from mmacl.utils import InputError


def shipped_configs() -> Path:
    """Return the folder of the configs: in the installed package, or in the repository of an editable install."""
    return (Path(str(files('mmacl'))) / '.mim' / 'configs').resolve()


def list_models(pattern: str = '*') -> list[str]:
    """List the names of the models that come with mmacl, in alphabetical order.

    Args:
        pattern: shell-style, such as ``'*thumos14*'``.

    Raises:
        InputError: mmacl runs from a checkout that was not installed.
    """
    return sorted(name for name in model_configs() if fnmatchcase(name, pattern))


def model_configs(root: Path | None = None) -> dict[str, Path]:
    """Find the config of each model by its name, as the ``metafile.yml`` beside the configs lists them.

    A folder without one counts each of its configs under the name of the file.

    Args:
        root: the folder that holds ``configs/``; None: that of :func:`shipped_configs`.

    Raises:
        InputError: there are no configs.
    """
    from mmengine.fileio import load

    root = shipped_configs().parent if root is None else root
    configs = {}
    for folder in sorted(path for path in (root / 'configs').glob('*') if path.is_dir() and path.name != '_base_'):
        metafile = folder / 'metafile.yml'
        if metafile.exists():
            configs.update({model['Name']: root / model['Config'] for model in load(metafile)['Models']})
        else:
            configs.update({path.stem: path for path in sorted(folder.rglob('*.py'))})
    if not configs:
        raise InputError(
            'no configs',
            file=root / 'configs',
            remedy='install mmacl (in a checkout: pip install -e .), or give the path of a config',
        )
    return configs


def find_config(config: str | Path) -> Path:
    """Return the path of a config that is given by its path or by its name in :func:`list_models`.

    Raises:
        InputError: there is no such file and no such model.
    """
    path = Path(config)
    if path.is_file():
        return path
    if path.suffix or path.parent != Path():
        raise InputError(
            'no such config file', file=path, remedy='correct the path, or give a name that list_models prints'
        )
    known = model_configs()
    if path.name not in known:
        near = ', '.join(get_close_matches(path.name, known, n=3, cutoff=0.5))
        raise InputError(
            'no config file and no model of this name' + (f'; similar names: {near}' if near else ''),
            file=path,
            remedy='list_models prints the names',
        )
    return known[path.name]
