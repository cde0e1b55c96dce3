"""Run a command: a user's mistake ends it with one line on standard error and an exit code."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mmacl.utils import InputError, explain_os_error, restore_terminal

# Python itself exits with 1 after an exception that is mmacl's own fault.
EXIT_INPUT = 2
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141


def run_tool(main: Callable[[], None], after_interrupt: str = '') -> None:
    """Run a command; print a user's mistake as one line on standard error and exit with code 2, without a traceback.

    An error of the system, such as a full disk, ends in one line as well.

    Args:
        main: the command.
        after_interrupt: printed after Ctrl-C, such as how to resume.
    """
    _mend_standard_streams()
    # matplotlib warns twice if the home folder cannot be written, and then works without a cache.
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
        # Do not wait for the workers and threads of an interrupted run.
        os._exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        # stdout was closed (`| head`); exit with the SIGPIPE code.
        os._exit(EXIT_BROKEN_PIPE)
    except OSError as error:
        if error.errno is None:
            raise
        _refuse(str(explain_os_error(error, '' if _can_print() else 'standard output')))


def _mend_standard_streams() -> None:
    """Make printing safe, whatever standard streams the command was started with.

    A closed stream (``>&-``) becomes the null device; otherwise the next opened file would get its number. A character
    that the encoding lacks is printed as an escape.
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
    """End the command if a log cannot be written; by default logging prints a traceback for each line and goes on."""
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
    """Flush standard output; if that fails, return False and send further output to the null device."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return False
    return True


def _leave_process_group() -> None:
    """End a process of a distributed run at once, after all processes have reached this point.

    At exit, the destructors of a distributed model can wait forever for threads of the process group.
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
        # Exit at once: other processes may wait in a collective call, and the group would hang.
        sys.stderr.flush()
        os._exit(EXIT_INPUT)
    sys.exit(EXIT_INPUT)


def _message(error: InputError) -> str:
    """Return the line to print.

    A DataLoader raises a worker's error again with the worker's traceback as its text; the line is at its end.
    """
    text = str(error)
    if '\nOriginal Traceback' not in text:
        return text
    return re.split(r'^[\w.]+Error: ', text, flags=re.MULTILINE)[-1].strip()
