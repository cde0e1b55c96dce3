"""What every command-line tool shares: reading a config, refusing mistakes in one line."""

from __future__ import annotations

import argparse
import ast
import importlib
import logging
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mmengine.config import Config, DictAction
from torch import distributed as dist

from mmacl.apis.config_check import apply_options, check_config
from mmacl.utils import InputError, restore_terminal

# Exit codes: 1 is left to Python, for faults of ours.
EXIT_INPUT = 2
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141

_WORKER_ERROR = re.compile(r'^(?:\w+\.)*(?:InputError|MissingFeaturesError): ', re.MULTILINE)


class OptionAction(DictAction):
    """Parses ``key=value`` words; a value in braces is a mapping, as in Python."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: Any = None) -> None:
        """Add the words to the mapping in the namespace."""
        mappings = {}
        for word in values:
            key, equals, value = word.partition('=')
            if not equals or not key:
                parser.error(f'{option_string} {word!r}: give KEY=VALUE')
            if value.startswith('{'):
                try:
                    mappings[key] = ast.literal_eval(value)
                except (ValueError, SyntaxError):
                    parser.error(f"{option_string} {word!r}: not a mapping, as in key=\"{{'type': 'Name'}}\"")
        super().__call__(
            parser, namespace, [word for word in values if word.partition('=')[0] not in mappings], option_string
        )
        setattr(namespace, self.dest, {**getattr(namespace, self.dest), **mappings})


def run_tool(main: Callable[[], None], after_interrupt: str = '') -> None:
    """Run a tool; print a user's mistake as one line on standard error and exit with code 2, without a traceback.

    Args:
        main: the tool.
        after_interrupt: what a person who has pressed Ctrl-C is told, if there is something to know.
    """
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
        # The reader of a pipe has gone; what is left to print interests nobody, but nothing was finished either.
        os._exit(EXIT_BROKEN_PIPE)
    except OSError as error:
        if error.filename is None:
            raise
        _refuse(f'{error.filename}: cannot be read or written ({error.strerror}); check the path and its permissions')
    except (TypeError, KeyError) as error:
        message = ' '.join(str(error.args[0] if error.args else error).split())
        if '__init__()' in message or 'unexpected keyword' in message or 'is not in the' in message:
            _refuse(f'config: {message[:300]}; see the docstring of the class for its arguments')
        raise


def _leave_process_group() -> None:
    """End a process of a distributed run at once, when all have come this far.

    The destructors of a distributed model can wait for ever for threads of a group that is being torn down at exit.
    """
    if dist.is_available() and dist.is_initialized():
        dist.barrier()
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
    """The line itself: an error from a worker process arrives wrapped into that worker's traceback."""
    text = str(error)
    if 'Original Traceback' in text:
        # The exception stands at the end, after the frames.
        starts = [found.end() for found in _WORKER_ERROR.finditer(text)]
        if starts:
            return text[starts[-1] :].strip()
    return text


def seed(word: str) -> int:
    """The type of a ``--seed`` argument: a number that every generator takes."""
    number = int(word)
    if not 0 <= number < 2**32:
        raise argparse.ArgumentTypeError(f'{word} is not a seed; give a number from 0 to {2**32 - 1}')
    return number


def add_config_arguments(
    parser: argparse.ArgumentParser,
    help: str = 'config file, e.g. configs/acl/acl_synthetic_us.py',
    metavar: str = 'CONFIG',
) -> None:
    """Add the config, of which ``help`` says what it may be, ``--cfg-options`` and ``--plugin``."""
    parser.add_argument('config', metavar=metavar, help=help)
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=OptionAction,
        default={},
        metavar='KEY=VALUE',
        help='override keys of the config, e.g. train_cfg.num_rounds=2 model.num_clusters=10; lists as key="[a,b]"; a '
        'path that the config lacks is refused, unless it starts with + (adds the key)',
    )
    parser.add_argument(
        '--plugin',
        action='append',
        default=[],
        metavar='MODULE',
        help='import this module first, so that the components it registers can be named in the config; may be '
        'repeated',
    )


class RawOptionAction(OptionAction):
    """Keeps the words as they were typed in ``raw_options`` as well, to hand them on to another process."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: Any = None) -> None:
        """Add the words to the mapping and to the words in the namespace."""
        super().__call__(parser, namespace, values, option_string)
        namespace.raw_options = (*namespace.raw_options, *values)


def at_least_one(word: str) -> int:
    """The type of an argument that counts."""
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError(f'{word} is too few; give a number from 1')
    return number


def add_seed_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what tools that train under several seeds share: seeds, jobs, overrides, plug-ins.

    The words of ``--cfg-options`` are in ``raw_options`` too.
    """
    parser.add_argument('--seeds', nargs='+', type=seed, default=[0, 1, 2], help='seeds (default: 0 1 2)')
    parser.add_argument(
        '--jobs', type=at_least_one, default=1, help='trainings at a time; they share the cores (default: 1)'
    )
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=RawOptionAction,
        default={},
        metavar='KEY=VALUE',
        help='as for tools/train.py',
    )
    parser.add_argument('--plugin', action='append', default=[], metavar='MODULE', help='as for tools/train.py')
    parser.set_defaults(raw_options=())


def load_config(path: str | Path, cfg_options: dict[str, object] | None = None, plugins: Sequence[str] = ()) -> Config:
    """Compose a config, apply overrides, and check every key of every component before anything is built.

    Args:
        path: the config file.
        cfg_options: dotted path -> value; a path must exist unless it starts with ``+``.
        plugins: modules to import first.

    Raises:
        InputError: no such file, a fault in it, an unknown path, type or key; with the nearest known name.
    """
    for module in plugins:
        import_plugin(module)
    path = Path(path)
    if not path.is_file():
        raise InputError(f'{path}: no such config file; configs/acl/README.md lists those that come with mmacl')
    if path.suffix != '.py':
        raise InputError(f'{path}: a config is a .py file')
    try:
        config = Config.fromfile(str(path))
    except FileNotFoundError as error:
        raise InputError(f'{path}: {error}; check its _base_ paths') from error
    except ImportError as error:
        reason = str(error).split(' in [')[0].split('\n')[0][:200]
        raise InputError(f'{path}: {reason}; check custom_imports, and that the plug-in is on PYTHONPATH') from error
    except (SyntaxError, KeyError, TypeError, ValueError, NameError, AttributeError) as error:
        reason = ' '.join(str(error).split())[:200]
        raise InputError(f'{path}: {type(error).__name__}: {reason}; mend the config file') from error
    apply_options(config, cfg_options or {})
    check_config(config)
    return config


def import_plugin(module: str) -> None:
    """Import a module, so that what it registers can be named.

    Raises:
        InputError: it cannot be imported.
    """
    try:
        importlib.import_module(module)
    except ImportError as error:
        raise InputError(f'--plugin {module}: {error}; is it installed, or its folder on PYTHONPATH?') from error
