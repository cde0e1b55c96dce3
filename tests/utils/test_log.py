"""A warning goes where a run logs, and to standard error where there is none."""

import subprocess
import sys

CODE = """
import sys
from mmacl.utils import log_warning
log_warning('without a run')
assert 'torch' not in sys.modules
from mmengine.logging import MMLogger
MMLogger.get_instance('run', log_file=sys.argv[1])
log_warning('in a run')
"""


def test_with_and_without_a_run(tmp_path):
    done = subprocess.run(
        [sys.executable, '-c', CODE, str(tmp_path / 'run.log')], capture_output=True, text=True, check=True
    )
    assert done.stderr == 'warning: without a run\n'
    assert 'WARNING' in done.stdout
    assert 'in a run' in (tmp_path / 'run.log').read_text()
