"""Report an error of a constructor by the key of the config that it was built from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from mmengine.config import Config

from mmacl.utils import InputError

# Functions that build something, by module and name, and their argument that holds its config.
_BUILDERS = {
    ('mmengine.registry.build_functions', 'build_from_cfg'): 'cfg',
    ('mmengine.runner.runner', 'build_dataloader'): 'dataloader',
    ('mmacl.registry', '_build'): 'cfg',
}
_MAX_LENGTH = 200


@contextmanager
def report_config_faults(config: Config, whole: bool = False) -> Iterator[None]:
    """Convert an error that a constructor raises to an :class:`InputError` that names its key in the config.

    Other errors are faults of the program and keep their traceback.

    Args:
        config: the composed config.
        whole: convert errors that belong to no component too and name the config alone; for code that only reads it.

    Raises:
        InputError: a value of the config cannot be used.
    """
    try:
        yield
    except InputError as error:
        if not error.file:
            error.file = str(config.filename or '')
            built = _innermost_component(error.__traceback__)
            path = '' if built is None else _path_of(config, built)
            # Some messages begin with the key themselves.
            if path and not error.what.startswith(path.rpartition('.')[2]):
                error.what = f'{path}: {error.what}'
        raise
    except OSError:
        raise
    except Exception as error:
        built = _innermost_component(error.__traceback__)
        if built is None and not whole:
            raise
        reason = ' '.join(str(error.args[0] if error.args else error).split())[:_MAX_LENGTH]
        where = '' if built is None else f'{_describe(config, built)}: '
        raise InputError(
            f'{where}{type(error).__name__}: {reason}', file=config.filename, remedy='correct the value in the config'
        ) from error


def _innermost_component(traceback: TracebackType | None) -> dict[str, Any] | None:
    """Return the config of the component whose constructor raised."""
    found = None
    while traceback is not None:
        frame, traceback = traceback.tb_frame, traceback.tb_next
        argument = _BUILDERS.get((frame.f_globals['__name__'], frame.f_code.co_name))
        node = frame.f_locals.get(argument) if argument else None
        found = dict(node) if isinstance(node, dict) else found
    return found


def _describe(config: Config, built: dict[str, Any]) -> str:
    """Format the key of a component and the plain values under it: ``optim_wrapper.optimizer (Adam, lr='abc')``."""
    path = _path_of(config, built)
    kind = built.get('type', '')
    values = [f'{key}={value!r}' for key, value in built.items() if key != 'type' and _is_plain(value)]
    facts = ', '.join([*([kind] if isinstance(kind, str) and kind else []), *values])
    return f'{path} ({facts[:_MAX_LENGTH]})' if facts else path


def _path_of(config: Config, built: dict[str, Any]) -> str:
    """Find the key of a component."""
    return max(_dicts(config._cfg_dict, ''), key=lambda item: _likeness(item[1], built))[0]


def _dicts(node: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, (list, tuple)) else ()
    for key, value in items:
        yield from _dicts(value, f'{path}.{key}' if path else str(key))


def _likeness(node: dict[str, Any], built: dict[str, Any]) -> tuple[bool, int]:
    """Rank nodes by type and common values, since builders add and remove keys."""
    alike = sum(key in built and _is_plain(value) and built[key] == value for key, value in node.items())
    return node.get('type') == built.get('type'), alike - len(node.keys() - built.keys())


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float))
