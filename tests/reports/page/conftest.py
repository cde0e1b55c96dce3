"""A run to report on, written once."""

import pytest

from mmacl.apis import RunRecord
from tests.reports.page.written_run import write_run


@pytest.fixture
def record(tmp_path):
    """A small run with annotations, two rounds, two streams."""
    return RunRecord(write_run(tmp_path / 'work'))
