"""Moved to tools/maintenance/write_results.py; this path goes with the next release."""

import runpy
from pathlib import Path

if __name__ == '__main__':
    runpy.run_path(str(Path(__file__).resolve().parents[1] / 'maintenance/write_results.py'), run_name='__main__')
