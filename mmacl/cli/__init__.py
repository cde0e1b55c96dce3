"""The command line: arguments and one-line errors. Imports neither torch nor mmengine."""

from mmacl.cli.arguments import (
    add_config_arguments,
    add_override_arguments,
    add_seed_arguments,
    add_timing_arguments,
    at_least_one,
    import_plugin,
    seed,
    timing_of,
)
from mmacl.cli.run_tool import EXIT_BROKEN_PIPE, EXIT_INPUT, EXIT_INTERRUPTED, run_tool

__all__ = [
    'EXIT_BROKEN_PIPE',
    'EXIT_INPUT',
    'EXIT_INTERRUPTED',
    'add_config_arguments',
    'add_override_arguments',
    'add_seed_arguments',
    'add_timing_arguments',
    'at_least_one',
    'import_plugin',
    'run_tool',
    'seed',
    'timing_of',
]
