"""Arguments that several commands share."""

from __future__ import annotations

import argparse
import importlib
import os
import traceback

from mmacl.utils.errors import InputError


class OptionAction(argparse.Action):
    """Collect ``KEY=VALUE`` words as typed; :func:`mmacl.config.load_config` parses the values."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: object, *_: object
    ) -> None:
        """Append the words to the list in the namespace."""
        words = [str(word) for word in values] if isinstance(values, list) else [str(values)]
        for word in words:
            key, equals, _value = word.partition('=')
            if not equals or not key:
                parser.error(f'{self.option_strings[0]} {word!r}: give KEY=VALUE')
        setattr(namespace, self.dest, (*getattr(namespace, self.dest), *words))


def seed(word: str) -> int:
    """Parse a ``--seed`` argument: a number that every random generator accepts."""
    number = int(word)
    if not 0 <= number < 2**32:
        raise argparse.ArgumentTypeError(f'{word} is not a seed; give a number from 0 to {2**32 - 1}')
    return number


def at_least_one(word: str) -> int:
    """Parse an argument that is a number from 1."""
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError(f'{word} is too few; give a number from 1')
    return number


def add_override_arguments(parser: argparse.ArgumentParser, options_help: str, plugin_help: str) -> None:
    """Add ``--cfg-options``, a tuple of words, and ``--plugin``, a list of modules."""
    parser.add_argument(
        '--cfg-options', nargs='+', action=OptionAction, default=(), metavar='KEY=VALUE', help=options_help
    )
    parser.add_argument('--plugin', action='append', default=[], metavar='MODULE', help=plugin_help)


def add_config_arguments(
    parser: argparse.ArgumentParser,
    help: str = 'config file, or the name of one that comes with mmacl, e.g. acl_synthetic_us',
    metavar: str = 'CONFIG',
) -> None:
    """Add the config (described by ``help``), ``--cfg-options`` and ``--plugin``."""
    parser.add_argument('config', metavar=metavar, help=help)
    add_override_arguments(
        parser,
        'override keys of the config, e.g. train_cfg.num_rounds=2 model.num_clusters=10; lists as key="[a,b]"; a '
        'path that the config lacks is refused, unless it starts with + (adds the key)',
        'import this module first, so that the components it registers can be named in the config; may be repeated',
    )


def add_timing_arguments(group: argparse._ArgumentGroup, default: str) -> None:
    """Add what says where snippets are in time: one timing for all videos, or one for each; see :func:`timing_of`."""
    group.add_argument(
        '--timing',
        metavar='WHAT',
        help='a table with a timing for each video (.json, .csv, a folder of the W-TALC family), "annotations" (their '
        'fps), "companions" (<video>_fps.npy and <video>_timestamps_ms.npy beside the features), or "duration" '
        f'(snippets divide each video evenly); default: {default}',
    )
    group.add_argument('--fps', type=float, metavar='F', help='frames a second')
    group.add_argument('--snippet-stride', type=float, metavar='S', help='frames from one snippet to the next')
    group.add_argument('--window', type=float, metavar='W', help='frames that a feature was computed from')
    group.add_argument(
        '--offset', type=float, metavar='O', help='seconds before the first snippet (default: 0, or by --window)'
    )


def timing_of(args: argparse.Namespace) -> dict[str, object] | None:
    """The ``timing`` of a dataset that the arguments state; None if they state nothing.

    Raises:
        InputError: they contradict each other, or state too little.
    """
    names = ('fps', 'snippet_stride', 'window', 'offset')
    stated = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    if args.timing is None:
        if stated and not {'fps', 'snippet_stride'} <= set(stated):
            raise InputError('give both, or neither', file='--fps and --snippet-stride')
        return stated or None
    if args.timing == 'duration':
        if stated:
            raise InputError('states the timing by itself', file='--timing duration', remedy='leave the others out')
        return dict(mode='duration')
    if args.timing in ('annotations', 'companions'):
        return dict(mode=args.timing, **stated)
    path = os.path.abspath(args.timing)
    if not os.path.exists(path):
        raise InputError(
            'no such file or folder',
            file=f'--timing {args.timing}',
            remedy='name a table, or annotations, companions or duration',
        )
    return dict(mode='file', path=path, **stated)


def add_seed_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of commands that train with several seeds: seeds, jobs, overrides, plug-ins."""
    parser.add_argument('--seeds', nargs='+', type=seed, default=[0, 1, 2], help='seeds (default: 0 1 2)')
    parser.add_argument(
        '--jobs', type=at_least_one, default=1, help='trainings at a time; they share the cores (default: 1)'
    )
    add_override_arguments(parser, 'as for tools/train.py', 'as for tools/train.py')


def import_plugin(module: str, place: str = '') -> None:
    """Import a module, so that a config can name the components it registers.

    Args:
        module: its name.
        place: where the user names it, for the message; '' is ``--plugin``.

    Raises:
        InputError: it cannot be imported, or it raises an error itself.
    """
    file = place or f'--plugin {module}'
    try:
        importlib.import_module(module)
    except ImportError as error:
        raise InputError(str(error), file=file, remedy='install it, or put its folder on PYTHONPATH') from error
    except Exception as error:
        if isinstance(error, InputError):
            raise
        frame = traceback.extract_tb(error.__traceback__)[-1]
        line = '' if isinstance(error, SyntaxError) else f' ({frame.filename}, line {frame.lineno})'
        raise InputError(
            f'{module}: {type(error).__name__}: {error}{line}', file=file, remedy='correct the plug-in'
        ) from error
