"""The version is in one place."""

from __future__ import annotations

from importlib.metadata import version

import mmacl


def test_installed_version_is_the_stated_one():
    assert version('mmacl') == mmacl.__version__
