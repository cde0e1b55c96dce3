"""List the models that come with mmacl; every command takes such a name in place of a config file.

Examples:
    python -m mmacl list_models
    python -m mmacl list_models '*thumos14*'
"""

from __future__ import annotations

import argparse

from mmacl.config import list_models


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('pattern', nargs='?', default='*', metavar='PATTERN', help='shell-style (default: all)')
    return parser.parse_args()


def main() -> None:
    """Print the names, one a line."""
    args = parse_args()
    for name in list_models(args.pattern):
        print(name)
