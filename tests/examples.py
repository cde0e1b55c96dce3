"""How many random examples a property is tried on."""

from __future__ import annotations

import os

from hypothesis import settings

#: A quarter of the examples by default.
SHARE = 1 if os.environ.get('MMACL_TEST_THOROUGHLY') else 4


def examples(number: int, deadline: int | None = None, **others: object) -> settings:
    """Try ``number`` examples with MMACL_TEST_THOROUGHLY=1, and a quarter of them, at least 20, without."""
    return settings(max_examples=max(number // SHARE, min(number, 20)), deadline=deadline, **others)
