"""Run a command: a user's mistake ends it with one line on standard error and an exit code."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mmacl.utils import InputError, explain_os_error, restore_terminal

# Exit codes: 1 is left to Python, for faults of ours.
EXIT_INPUT = 2
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141


def run_tool(main: Callable[[], None], after_interrupt: str = '') -> None:
    """Run a command; print a user's mistake as one line on standard error and exit with code 2, without a traceback.

    What the system refuses, such as a full disk, ends in one line as well.

    Args:
        main: the command.
        after_interrupt: what to tell a person who pressed Ctrl-C.
    """
    _mend_standard_streams()
    # Without a writable home matplotlib logs two warnings about its cache and works all the same.
    logging.getLogger('matplotlib').addFilter(lambda record: record.levelno >= logging.ERROR)
    try:
        try:
            with _log_errors_raised():
                main()
        finally:
            restore_terminal()
        sys.stdout.flush()
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
        if error.errno is None:
            raise
        _refuse(str(explain_os_error(error, '' if _can_print() else 'standard output')))


def _mend_standard_streams() -> None:
    """Let everything print, whatever standard streams the command was started with.

    A closed one (``>&-``) becomes the null device; otherwise the next file that is opened would take its place. A
    character that the encoding lacks is printed as an escape.
    """
    for number, (name, mode) in enumerate((('stdin', 'r'), ('stdout', 'w'), ('stderr', 'w'))):
        stream = getattr(sys, name)
        if stream is None:
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            setattr(sys, name, os.fdopen(number, mode, closefd=False))
        elif mode == 'w' and hasattr(stream, 'reconfigure'):
            stream.reconfigure(errors='backslashreplace')


@contextmanager
def _log_errors_raised() -> Iterator[None]:
    """Let a log that cannot be written end the command; logging itself prints a traceback for each line and goes on."""
    usual = logging.Handler.handleError

    def raise_os_error(self: logging.Handler, record: logging.LogRecord) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, OSError):
            error.filename = error.filename or getattr(self, 'baseFilename', None)
            raise error
        usual(self, record)

    logging.Handler.handleError = raise_os_error  # type: ignore[method-assign]
    try:
        yield
    finally:
        logging.Handler.handleError = usual  # type: ignore[method-assign]


def _can_print() -> bool:
    """Whether standard output takes what is left to print; if not, nothing more goes there."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return False
    return True


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
    _can_print()
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
