"""List the extractors of features side by side: width, window, cost, and where their weights come from.

GFLOPs are of one snippet and one crop; a multiplication and an addition count as two. See docs/en/video.md.

Examples:
    python -m mmacl list_extractors
    python -m mmacl list_extractors --plugin my_extractors
"""

from __future__ import annotations

import argparse

from mmacl.cli import import_plugin


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--plugin', action='append', default=[], metavar='MODULE', help='import this module first')
    return parser.parse_args()


def main() -> None:
    """Print the table."""
    args = parse_args()
    for module in args.plugin:
        import_plugin(module)
    from mmacl.utils.tables import draw_table
    from mmacl.video import list_extractors

    table = list_extractors()
    head = ['extractor', *next(iter(table.values()))]
    print(draw_table([head, *([name, *row.values()] for name, row in table.items())]))
