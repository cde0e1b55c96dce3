"""Object arrays in ``.npy`` files, which are pickles, read without running anything that they contain."""

from __future__ import annotations

import mmap
import pickle
import pickletools
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from math import prod
from os import PathLike
from typing import IO, Any, cast

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from mmacl.utils.errors import InputError

# What arrays, lists, tuples, numbers and strings are made of. No instance of a class, set, dict or outside reference.
_OPCODES = frozenset(
    [
        'PROTO',
        'FRAME',
        'STOP',
        'MARK',
        'NONE',
        'NEWTRUE',
        'NEWFALSE',
        'INT',
        'BININT',
        'BININT1',
        'BININT2',
        'LONG',
        'LONG1',
        'LONG4',
        'FLOAT',
        'BINFLOAT',
        'STRING',
        'BINSTRING',
        'SHORT_BINSTRING',
        'BINBYTES',
        'SHORT_BINBYTES',
        'BINBYTES8',
        'BYTEARRAY8',
        'UNICODE',
        'SHORT_BINUNICODE',
        'BINUNICODE',
        'BINUNICODE8',
        'EMPTY_LIST',
        'APPEND',
        'APPENDS',
        'LIST',
        'EMPTY_TUPLE',
        'TUPLE',
        'TUPLE1',
        'TUPLE2',
        'TUPLE3',
        'GET',
        'BINGET',
        'LONG_BINGET',
        'PUT',
        'BINPUT',
        'LONG_BINPUT',
        'MEMOIZE',
        'GLOBAL',
        'STACK_GLOBAL',
        'REDUCE',
        'BUILD',
    ]
)
_PAYLOADS = frozenset(['BINBYTES', 'BINBYTES8', 'BYTEARRAY8', 'BINSTRING'])
_MAPPED_FROM = 4096  # bytes; what is longer stays in the file until it is looked at
_DTYPE = re.compile(r'[<>|=]?(?:b1|[iu][1248]|f[248]|[SU][1-9]\d{0,6}|O8?)|bool')
_MAX_DEPTH = 16
_FAULTS = (ValueError, TypeError, LookupError, AttributeError, EOFError, OverflowError, MemoryError, RecursionError)


class _RefusedError(pickle.UnpicklingError):
    """The pickle holds something else than arrays, numbers and strings."""


class _Dtype:
    """A plain dtype, named by a string; its state may set the order of bytes and nothing else."""

    __slots__ = ('dtype',)

    def __init__(self, name: Any, *_: Any) -> None:
        if not isinstance(name, str) or not _DTYPE.fullmatch(name):
            raise _RefusedError(f'dtype {name!r:.40} is not a plain number, string or object')
        self.dtype: np.dtype[Any] = np.dtype(name)

    def __setstate__(self, state: Any) -> None:
        order = state[1].decode() if isinstance(state[1], bytes) else state[1]
        if order not in ('<', '>', '|', '=') or any(part is not None for part in state[2:5]):
            raise _RefusedError('a dtype with fields or of an unknown order of bytes')
        if order in '<>':
            self.dtype = self.dtype.newbyteorder('<' if order == '<' else '>')


class _Array:
    """An array in the making."""

    __slots__ = ('values',)

    def __init__(self, *_: Any) -> None:
        self.values: NDArray[Any] | None = None

    def __setstate__(self, state: Any) -> None:
        shape, dtype, fortran, raw = state[-4:]
        self.fill(raw, dtype, shape, 'F' if fortran else 'C')

    def fill(self, raw: Any, dtype: Any, shape: Any, order: Any) -> _Array:
        """Take values that are exactly as many as the shape says."""
        if not isinstance(dtype, _Dtype) or not isinstance(shape, tuple) or len(shape) > _MAX_DEPTH:
            raise _RefusedError('an array without a plain dtype and shape')
        if not all(type(size) is int and size >= 0 for size in shape) or order not in ('C', 'F'):
            raise _RefusedError(f'an array of shape {shape!r:.60}')
        raw = raw.encode('latin1') if isinstance(raw, str) else raw  # a string of Python 2
        if dtype.dtype.hasobject:
            if not isinstance(raw, list) or len(raw) != prod(shape):
                raise _RefusedError(f'an object array of shape {shape!r:.60} with other values')
            flat = np.empty(len(raw), dtype=object)
            for index, value in enumerate(raw):
                flat[index] = value
        else:
            if not isinstance(raw, (bytes, bytearray, memoryview)) or len(raw) != prod(shape) * dtype.dtype.itemsize:
                raise _RefusedError(f'an array of shape {shape!r:.60} with other values')
            flat = np.frombuffer(raw, dtype=dtype.dtype) if len(raw) else np.empty(0, dtype=dtype.dtype)
        self.values = flat.reshape(shape, order=order)
        return self


class _Call:
    """A function that a pickle may call, but neither change nor build on."""

    __slots__ = ('_function',)

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __call__(self, *arguments: Any) -> Any:
        return self._function(*arguments)

    def __setstate__(self, state: Any) -> None:
        raise _RefusedError('a state for a function')


def _scalar(dtype: Any, raw: Any) -> Any:
    if not isinstance(dtype, _Dtype) or dtype.dtype.hasobject:
        raise _RefusedError('a scalar without a plain dtype')
    values = _Array().fill(raw, dtype, (1,), 'C').values
    return None if values is None else values[0]


def _encode(text: Any, encoding: Any) -> bytes:
    if not isinstance(text, str) or encoding != 'latin1':
        raise _RefusedError('an unknown encoding')
    return text.encode('latin1')


def _empty_bytes() -> bytes:
    return b''


def _from_buffer(raw: Any, dtype: Any, shape: Any, order: Any) -> _Array:
    return _Array().fill(raw, dtype, shape, order)


_GLOBALS: dict[tuple[str, str], Callable[..., Any]] = {
    ('numpy', 'ndarray'): _Array,
    ('numpy', 'dtype'): _Dtype,
    ('_codecs', 'encode'): _encode,
    ('__builtin__', 'bytes'): _empty_bytes,
    ('builtins', 'bytes'): _empty_bytes,
}
# NumPy 1 and NumPy 2 name the same functions.
for _core in ('numpy.core', 'numpy._core'):
    _GLOBALS[f'{_core}.multiarray', '_reconstruct'] = _Array
    _GLOBALS[f'{_core}.multiarray', 'scalar'] = _scalar
    _GLOBALS[f'{_core}.numeric', '_frombuffer'] = _from_buffer


class _Unpickler(pickle.Unpickler):
    """Knows the few names above, and pieces of the file by their place."""

    def __init__(self, stream: bytes, content: memoryview) -> None:
        super().__init__(BytesIO(stream), encoding='latin1')
        self._content = content

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _GLOBALS:
            raise _RefusedError(f'it would load {module}.{name}'[:120])
        return _Call(_GLOBALS[module, name])

    def persistent_load(self, pid: Any) -> memoryview:
        start, stop = map(int, pid.split(':'))
        return self._content[start:stop]


def read_object_array(path: str | PathLike[str]) -> NDArray[Any]:
    """The array of a ``.npy`` file, plain or of objects.

    An object array may hold arrays of numbers and strings, numbers, strings, bytes, None, and lists and tuples of
    these, as NumPy 1 and 2 under Python 2 and 3 write them. Every instruction of the pickle is checked before it is
    followed, no name outside a short list is looked up, and sizes are held against the file. Large values stay in the
    file, memory-mapped and read-only, until they are looked at.

    Raises:
        InputError: the file cannot be read, is truncated, or holds anything else.
    """
    name = str(path)
    try:
        with open(path, 'rb') as file:
            version = npy_format.read_magic(file)
            header = {(1, 0): npy_format.read_array_header_1_0, (2, 0): npy_format.read_array_header_2_0}[version]
            shape, _, dtype = header(file)
            if not dtype.hasobject:
                return np.asarray(np.load(path, mmap_mode='r', allow_pickle=False))
            start = file.tell()
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        content.seek(start)
        stream = _checked(content)
        value = _Unpickler(stream, memoryview(content)).load()
        array = _finished(value, {}, 0)
        if not isinstance(array, np.ndarray) or prod(shape) != array.size:
            raise _RefusedError(f'no array of shape {shape}')
        return array.reshape(shape)
    except OSError as error:
        raise InputError(f'{name}: cannot be read ({error.strerror}); check the file and its permissions') from error
    except _RefusedError as error:
        raise InputError(
            f'{name}: refused, {error}; only NumPy arrays, numbers and strings are unpickled, save the file as such'
        ) from error
    except (pickle.UnpicklingError, SyntaxError, *_FAULTS) as error:
        reason = ' '.join(str(error).split())
        raise InputError(
            f'{name}: not a .npy file of arrays, numbers and strings, or truncated ({reason:.120}); copy it again'
        ) from error


def _checked(content: mmap.mmap) -> bytes:
    """The pickle without frames, long values replaced by their place in the file."""
    stream = bytearray()
    for number, (name, argument, start, stop) in enumerate(_instructions(content)):
        if name not in _OPCODES:
            raise _RefusedError(f'it holds the instruction {name}')
        if name in ('PUT', 'BINPUT', 'LONG_BINPUT') and int(argument) > number:
            raise _RefusedError(f'an absurd place {argument} in its memo')
        if name == 'FRAME':
            continue
        if name in _PAYLOADS and len(argument) >= _MAPPED_FROM:
            stream += f'P{stop - len(argument)}:{stop}\n'.encode()
        else:
            stream += content[start:stop]
    return bytes(stream)


def _instructions(content: mmap.mmap) -> Iterator[tuple[str, Any, int, int]]:
    """Name, argument, start and stop of each instruction."""
    previous: tuple[str, Any, int] | None = None
    for opcode, argument, position in pickletools.genops(cast('IO[bytes]', content)):
        start = position or 0
        if previous is not None:
            yield (*previous, start)
        previous = (opcode.name, argument, start)
    if previous is not None:
        yield (*previous, content.tell())


def _finished(value: Any, done: dict[int, Any], depth: int) -> Any:
    """Arrays in the place of what stood for them, each once, however often it is referred to."""
    if depth > _MAX_DEPTH:
        raise _RefusedError(f'values nested deeper than {_MAX_DEPTH}, or within themselves')
    if value is None or isinstance(value, (bool, int, float, str, bytes, np.generic)):
        return value
    if id(value) not in done:
        if isinstance(value, _Array) and value.values is not None:
            result: Any = value.values
            if result.dtype.hasobject:
                items = [_finished(item, done, depth + 1) for item in result.flat]
                flat = np.empty(len(items), dtype=object)
                for index, item in enumerate(items):
                    flat[index] = item
                result = flat.reshape(result.shape)
        elif isinstance(value, (list, tuple)):
            result = type(value)(_finished(item, done, depth + 1) for item in value)
        else:
            raise _RefusedError(f'it holds a {type(value).__name__.strip("_")}')
        done[id(value)] = result
    return done[id(value)]
