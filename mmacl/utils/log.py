"""Say something beside the results of a program."""

from __future__ import annotations

import logging
import sys


def log_warning(text: str) -> None:
    """Log a warning where a run logs. Without a run, print it to standard error.

    mmengine's logger imports torch, so that programs that only look at data have none.
    """
    module = sys.modules.get('mmengine.logging.logger')
    if module is not None and module.MMLogger._instance_dict:
        module.print_log(text, logger='current', level=logging.WARNING)
    else:
        print(f'warning: {text}', file=sys.stderr)
