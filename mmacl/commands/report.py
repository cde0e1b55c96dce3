"""A run as one static HTML file: figures by round, pictures, videos with their timelines, error analysis, settings.

The file needs no network and loads nothing. WORK_DIR is the folder of a training; of one that still runs, the finished
rounds are shown. docs/en/tools.md says what is in the report and what is left out of it where videos are many.

Examples:
    python tools/analysis_tools/report.py work_dirs/acl_synthetic_us
    python tools/analysis_tools/report.py work_dirs/acl_synthetic_us --round 1 --out round_1.html
"""

from __future__ import annotations

import argparse
from pathlib import Path

from mmacl.reports.page import write_report


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('work_dir', metavar='WORK_DIR', help='folder of a training')
    parser.add_argument('--out', metavar='F.html', help='the file (default: WORK_DIR/report.html)')
    parser.add_argument(
        '--round', type=int, metavar='N', help='the last round that is shown (default: the last finished one)'
    )
    return parser.parse_args()


def main() -> None:
    """Read the record, write the page."""
    args = parse_args()
    path = write_report(args.work_dir, args.out or Path(args.work_dir) / 'report.html', args.round)
    print(f'report written to {path} ({path.stat().st_size / 1e6:.1f} MB)')
