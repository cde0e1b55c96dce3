"""The few functions that a pickle of arrays may call, in place of NumPy's own.

They trust no argument: a pickle may call them with any values, in any order, and refer to one value any number of
times. Whatever could grow by that has a budget that an honest file cannot exceed.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_DEPTH = 16
MAX_SIZE = 2**26
"""About the number of characters of a printed value; a value that is referred to twice counts twice."""

_MAX_LENGTH = 2**48
_SHOWN = 1000  # values of a plain array that NumPy writes out
_DTYPE = re.compile(r'[<>|=]?(?:b1|[iu][1248]|f[248]|[SU][1-9]\d{0,6}|O8?)|bool')


class RefusedError(pickle.UnpicklingError):
    """The pickle holds something other than arrays, numbers and strings, or too much."""


class _Dtype:
    """A plain dtype, named by a string; its state may set the byte order and nothing else."""

    __slots__ = ('dtype',)

    def __init__(self, name: Any, *_: Any) -> None:
        if not isinstance(name, str) or not _DTYPE.fullmatch(name):
            shown = f'{name[:40]!r}' if isinstance(name, str) else f'of a {type(name).__name__}'
            raise RefusedError(f'dtype {shown} is not a plain number, string or object')
        self.dtype: np.dtype[Any] = np.dtype(name)

    def __setstate__(self, state: Any) -> None:
        order = state[1].decode() if isinstance(state[1], bytes) else state[1]
        if order not in ('<', '>', '|', '=') or any(part is not None for part in state[2:5]):
            raise RefusedError('a dtype with fields or an unknown byte order')
        if order in '<>':
            self.dtype = self.dtype.newbyteorder('<' if order == '<' else '>')


class _Array:
    """An array under construction."""

    __slots__ = ('_makers', 'values')

    def __init__(self, makers: Makers) -> None:
        self._makers = makers
        self.values: NDArray[Any] | None = None

    def __setstate__(self, state: Any) -> None:
        shape, dtype, fortran, raw = state[-4:]
        self.fill(raw, dtype, shape, 'F' if fortran else 'C')

    def fill(self, raw: Any, dtype: Any, shape: Any, order: Any) -> _Array:
        """Set the values; their number must be that of the shape."""
        if not isinstance(dtype, _Dtype) or not isinstance(shape, tuple) or len(shape) > MAX_DEPTH:
            raise RefusedError('an array without a plain dtype and shape')
        if not all(type(size) is int and 0 <= size < _MAX_LENGTH for size in shape) or order not in ('C', 'F'):
            raise RefusedError('an array of an impossible shape')
        if isinstance(raw, str):  # a string of Python 2
            raw = self._makers.encode(raw, 'latin1')
        elif isinstance(raw, bytearray):  # the pickle could still change it
            raw = self._makers.copy(raw)
        if dtype.dtype.hasobject:
            if not isinstance(raw, list) or len(raw) != prod(shape):
                raise RefusedError(f'an object array of shape {shape} with other values')
            self._makers.spend_values(len(raw))
            flat = np.empty(len(raw), dtype=object)
            for index, value in enumerate(raw):
                flat[index] = value
        else:
            if not isinstance(raw, (bytes, memoryview)) or len(raw) != prod(shape) * dtype.dtype.itemsize:
                raise RefusedError(f'an array of shape {shape} with other values')
            flat = np.frombuffer(raw, dtype=dtype.dtype) if len(raw) else np.empty(0, dtype=dtype.dtype)
            check_text(flat)
        self.values = flat.reshape(shape, order=order)
        return self


class _Call:
    """A function that a pickle may call but not change."""

    __slots__ = ('_function',)

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __call__(self, *arguments: Any) -> Any:
        return self._function(*arguments)

    def __setstate__(self, state: Any) -> None:
        raise RefusedError('a state for a function')


class Makers:
    """The functions that the pickle of one file may call.

    Args:
        num_bytes: budget of bytes for all strings together; an honest file has each once.
        num_values: budget of values for all object arrays together.
    """

    def __init__(self, num_bytes: int, num_values: int) -> None:
        self._bytes, self._values = num_bytes, num_values
        array, scalar, from_buffer = (_Call(f) for f in (self._array, self._scalar, self._from_buffer))
        self._globals = {
            ('numpy', 'ndarray'): array,
            ('numpy', 'dtype'): _Call(_Dtype),
            ('_codecs', 'encode'): _Call(self.encode),
            ('__builtin__', 'bytes'): _Call(_no_bytes),
            ('builtins', 'bytes'): _Call(_no_bytes),
        }
        for core in ('numpy.core', 'numpy._core'):  # NumPy 1 and NumPy 2 name the same functions
            self._globals[f'{core}.multiarray', '_reconstruct'] = array
            self._globals[f'{core}.multiarray', 'scalar'] = scalar
            self._globals[f'{core}.numeric', '_frombuffer'] = from_buffer

    def find(self, module: str, name: str) -> Any:
        """The function of that name.

        Raises:
            RefusedError: a pickle may not call it.
        """
        if (module, name) not in self._globals:
            raise RefusedError(f'it would load {f"{module[:60]}.{name[:60]}"!r}')
        return self._globals[module, name]

    def spend_values(self, count: int) -> None:
        """Count values of object arrays.

        Raises:
            RefusedError: they are too many.
        """
        self._values -= count
        if self._values < 0:
            raise RefusedError('it repeats its values too often')

    def encode(self, text: Any, encoding: Any) -> bytes:
        """The bytes of a string of Python 2."""
        if not isinstance(text, str) or not isinstance(encoding, str) or encoding != 'latin1':
            raise RefusedError('an unknown encoding')
        self._spend_bytes(len(text))
        return text.encode('latin1')

    def copy(self, raw: bytearray) -> bytes:
        """Bytes that cannot be changed."""
        self._spend_bytes(len(raw))
        return bytes(raw)

    def _spend_bytes(self, count: int) -> None:
        self._bytes -= count
        if self._bytes < 0:
            raise RefusedError('it repeats its strings too often')

    def _array(self, *_: Any) -> _Array:
        return _Array(self)

    def _scalar(self, dtype: Any, raw: Any) -> Any:
        if not isinstance(dtype, _Dtype) or dtype.dtype.hasobject:
            raise RefusedError('a scalar without a plain dtype')
        values = _Array(self).fill(raw, dtype, (1,), 'C').values
        return None if values is None else values[0]

    def _from_buffer(self, raw: Any, dtype: Any, shape: Any, order: Any) -> _Array:
        return _Array(self).fill(raw, dtype, shape, order)


def _no_bytes(*arguments: Any) -> bytes:
    """An empty ``bytes`` as Python 2 pickles it; with a number as argument, ``bytes`` would allocate that many."""
    if arguments:
        raise RefusedError('bytes made of something else')
    return b''


def check_text(array: NDArray[Any]) -> None:
    """Check that all characters of strings exist; NumPy checks only when a string is taken out.

    Raises:
        RefusedError: a character does not exist.
    """
    if array.dtype.kind == 'U' and array.nbytes:
        codes = np.ascontiguousarray(array).view(np.dtype('u4').newbyteorder(array.dtype.byteorder))
        if codes.max() > 0x10FFFF:
            raise RefusedError('a string with a character that does not exist')


def finished(value: Any) -> Any:
    """Replace arrays under construction by their values, each once, however often it is referred to.

    Raises:
        RefusedError: there is something other than arrays, numbers, strings, lists and tuples; or values are nested too
            deep, or in themselves; or printing them would take more than :data:`MAX_SIZE`.
    """
    return _finished(value, {}, 0)[0]


def _finished(value: Any, done: dict[int, tuple[Any, int]], depth: int) -> tuple[Any, int]:
    """The value, and the size of its text."""
    if depth > MAX_DEPTH:
        raise RefusedError(f'values nested deeper than {MAX_DEPTH}, or within themselves')
    if isinstance(value, (str, bytes)):
        return value, 1 + len(value)
    if isinstance(value, int):
        return value, 1 + value.bit_length() // 3
    if value is None or isinstance(value, (float, np.generic)):
        return value, 1 + getattr(value, 'nbytes', 0)
    if id(value) not in done:
        array = value.values if isinstance(value, _Array) else None
        if array is not None and not array.dtype.hasobject:
            shown = array.nbytes if array.dtype.kind in 'SU' else min(array.size, _SHOWN)
            done[id(value)] = array, 1 + shown
        elif array is not None or isinstance(value, (list, tuple)):
            items, size = [], 1
            for item in array.flat if array is not None else value:
                result, its_size = _finished(item, done, depth + 1)
                items.append(result)
                size += its_size
                if size > MAX_SIZE:
                    raise RefusedError('it repeats its values too often')
            if array is None:
                done[id(value)] = type(value)(items), size
            else:
                flat = np.empty(len(items), dtype=object)
                for index, item in enumerate(items):
                    flat[index] = item
                done[id(value)] = flat.reshape(array.shape), size
        else:
            raise RefusedError(f'it holds a {type(value).__name__.strip("_")}')
    return done[id(value)]
