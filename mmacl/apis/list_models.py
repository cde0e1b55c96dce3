"""Which models come with the repository."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

from mmengine.fileio import load

from mmacl.utils import InputError

_ROOT = Path(__file__).resolve().parents[2]


def list_models(pattern: str = '*') -> list[str]:
    """Names of the models, in alphabetical order.

    Args:
        pattern: shell-style, such as ``'*thumos14*'``.

    Raises:
        InputError: mmacl was installed without its repository, where the configs are.
    """
    return sorted(name for name in model_configs() if fnmatchcase(name, pattern))


def model_configs(root: Path = _ROOT) -> dict[str, Path]:
    """Config of each model by its name, as the ``metafile.yml`` beside the configs list them.

    A folder without one counts each of its configs under the name of the file.

    Args:
        root: the repository.

    Raises:
        InputError: there are no configs.
    """
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
            remedy=(
                'they are in the repository and not in the installed package, so give the path of a config instead'
            ),
        )
    return configs
