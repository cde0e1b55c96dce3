"""Run a command: a user's mistake ends it with one line on standard error and an exit code."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Callable

from mmacl.utils import InputError, restore_terminal

# Exit codes: 1 is left to Python, for faults of ours.
EXIT_INPUT = 2
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141


def run_tool(main: Callable[[], None], after_interrupt: str = '') -> None:
    """Run a command; print a user's mistake as one line on standard error and exit with code 2, without a traceback.

    Args:
        main: the command.
        after_interrupt: what to tell a person who pressed Ctrl-C.
    """
    # Without a writable home matplotlib logs two warnings about its cache and works all the same.
    logging.getLogger('matplotlib').addFilter(lambda record: record.levelno >= logging.ERROR)
    try:
        try:
            main()
        finally:
            restore_terminal()
        _leave_process_group()
    except InputError as error:
        _refuse(_message(error))
    except KeyboardInterrupt:
        print(f'interrupted; {after_interrupt}' if after_interrupt else 'interrupted', file=sys.stderr)
        # The workers and threads of an interrupted run need not be waited for.
        os._exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        # Standard output was closed (`| head`): nothing more can be printed.
        os._exit(EXIT_BROKEN_PIPE)
    except OSError as error:
        if error.filename is None:
            raise
        _refuse(f'{error.filename}: cannot be read or written ({error.strerror}); check the path and its permissions')


def _leave_process_group() -> None:
    """End a process of a distributed run at once, when all have come this far.

    The destructors of a distributed model can wait for ever for threads of a group that is being torn down at exit.
    """
    torch = sys.modules.get('torch')
    if torch is not None and torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.barrier()
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _refuse(message: str) -> None:
    print(f'error: {message}', file=sys.stderr)
    sys.stdout.flush()
    if 'RANK' in os.environ:
        # Other processes may wait in a collective call; without this the group would hang at exit.
        sys.stderr.flush()
        os._exit(EXIT_INPUT)
    sys.exit(EXIT_INPUT)


def _message(error: InputError) -> str:
    """The line itself.

    A DataLoader raises the error of a worker anew with the worker's traceback as its text, which ends with the line.
    """
    text = str(error)
    if '\nOriginal Traceback' not in text:
        return text
    return re.split(r'^[\w.]+Error: ', text, flags=re.MULTILINE)[-1].strip()
