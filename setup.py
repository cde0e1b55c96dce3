"""How pip installs mmacl.

Dependencies are in ``requirements/*.txt``, one a line with its reason. Nothing of the package is imported here: torch
may not be installed yet.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
# What OpenMMLab's packages carry in their folder .mim.
SHIPPED = ('configs', 'model-index.yml', 'dataset-index.yml')


def read_version() -> str:
    """The version in ``mmacl/version.py``, read as text."""
    found = re.search(r"^__version__ = '([^']+)'$", (ROOT / 'mmacl/version.py').read_text(), re.MULTILINE)
    if found is None:
        raise RuntimeError("mmacl/version.py: no line __version__ = '...'")
    return found.group(1)


def read_requirements(name: str) -> list[str]:
    """Requirements in ``requirements/<name>.txt`` without their comments."""
    lines = (ROOT / 'requirements' / f'{name}.txt').read_text().splitlines()
    bare = (line.split('#')[0].strip() for line in lines)
    return [line for line in bare if line]


def ship_configs(package: Path, link: bool) -> None:
    """Put the configs into the folder ``.mim`` of the package, where ``mmacl.config.shipped`` finds them.

    Args:
        package: folder of the package.
        link: link to the files of the repository instead of copying them, where the system allows links.
    """
    place = package / '.mim'
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name in SHIPPED:
        source, target = ROOT / name, place / name
        if link:
            try:
                target.symlink_to(os.path.relpath(source, place))
                continue
            except OSError:
                pass  # Windows, without the right to make links
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns('__pycache__'))
        else:
            shutil.copy2(source, target)


class BuildWithConfigs(build_py):
    """Build the package with its configs: copied into a wheel, linked in an editable install."""

    def run(self) -> None:
        """Build."""
        super().run()
        package = ROOT if self.editable_mode else Path(self.build_lib)
        ship_configs(package / 'mmacl', link=self.editable_mode)


EXTRAS = ('tests', 'docs', 'optional', 'video', 'extractors', 'annotation', 'neighbors')
extras = {name: read_requirements(name) for name in EXTRAS}

if __name__ == '__main__':
    setup(
        name='mmacl',
        version=read_version(),
        description='Find actions in untrimmed video without temporal labels',
        long_description=(ROOT / 'README.md').read_text() if (ROOT / 'README.md').exists() else '',
        long_description_content_type='text/markdown',
        license='Apache-2.0',
        keywords='temporal action localization, unsupervised learning, weak supervision, video',
        classifiers=[
            'Development Status :: 4 - Beta',
            'Intended Audience :: Science/Research',
            'Operating System :: OS Independent',
            'Programming Language :: Python :: 3',
            'Topic :: Scientific/Engineering :: Artificial Intelligence',
            'Typing :: Typed',
        ],
        packages=find_packages(include=('mmacl', 'mmacl.*')),
        package_data={
            '': ['py.typed', '*.pyi', '*.html', '*.css', '*.js', 'published.json'],
        },
        entry_points={'console_scripts': ['mmacl = mmacl.__main__:main']},
        cmdclass={'build_py': BuildWithConfigs},
        python_requires='>=3.10',
        install_requires=read_requirements('runtime'),
        extras_require={**extras, 'all': [line for lines in extras.values() for line in lines]},
        zip_safe=False,
    )
