"""Print a config after inheritance and overrides, with the checks of tools/train.py.

Examples:
    python tools/misc/print_config.py configs/acl/acl_synthetic_us.py
    python tools/misc/print_config.py configs/acl/acl_synthetic_us.py --cfg-options train_cfg.num_rounds=2
    python tools/misc/print_config.py configs/acl/acl_synthetic_us.py --json | jq .model.stream.losses
"""

from __future__ import annotations

import argparse
import json

from mmacl.cli import add_config_arguments


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_config_arguments(parser)
    parser.add_argument('--json', action='store_true', help='print one JSON object instead of Python')
    return parser.parse_args()


def main() -> None:
    """Print."""
    args = parse_args()

    from mmacl.config import load_config

    config = load_config(args.config, args.cfg_options, args.plugin)
    print(json.dumps(config.to_dict(), indent=2) if args.json else config.pretty_text, end='\n' if args.json else '')
