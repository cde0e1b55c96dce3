"""How pip installs mmacl.

Dependencies are in ``requirements/*.txt``, one a line with its reason. Nothing of the package is imported here: torch
may not be installed yet.
"""

from __future__ import annotations

import re
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).resolve().parent


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


extras = {name: read_requirements(name) for name in ('tests', 'docs', 'optional')}

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
    python_requires='>=3.10',
    install_requires=read_requirements('runtime'),
    extras_require={**extras, 'all': [line for lines in extras.values() for line in lines]},
    zip_safe=False,
)
