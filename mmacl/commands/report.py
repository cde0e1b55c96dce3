"""Write a run as one static HTML file: figures by round, pictures, video timelines, error analysis, settings.

The file loads nothing from the network. WORK_DIR is the folder of a training; while it still runs, the report shows the
finished rounds. docs/en/tools.md describes the report and says what it leaves out when there are many videos.

Examples:
    python tools/analysis_tools/report.py work_dirs/acl_synthetic_us
    python tools/analysis_tools/report.py work_dirs/acl_synthetic_us --round 1 --out round_1.html
"""

from __future__ import annotations

import argparse
from pathlib import Path


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('work_dir', metavar='WORK_DIR', help='the --work-dir of a training')
    parser.add_argument('--out', metavar='F.html', help='output file (default: WORK_DIR/report.html)')
    parser.add_argument('--round', type=int, metavar='N', help='last round to show (default: the last finished one)')
    parser.add_argument(
        '--names', metavar='JSON', help='names of the clusters of the last round shown; see docs/en/video.md'
    )
    return parser.parse_args()


def main() -> None:
    """Read the record, write the page."""
    args = parse_args()
    from mmacl.reports.page import write_report
    from mmacl.structures import read_action_names

    names = None if args.names is None else read_action_names(args.names)
    path = write_report(args.work_dir, args.out or Path(args.work_dir) / 'report.html', args.round, names)
    print(f'report written to {path} ({path.stat().st_size / 1e6:.1f} MB)')
