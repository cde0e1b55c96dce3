"""Read object arrays of ``.npy`` files, which are pickles, without running anything that they contain."""

from __future__ import annotations

import mmap
import pickle
import pickletools
from collections.abc import Iterator
from io import BytesIO
from math import prod
from os import PathLike
from tokenize import TokenError
from typing import IO, Any, cast

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from mmacl.datasets.untrusted.pickled_values import Makers, RefusedError, check_text, finished
from mmacl.utils.errors import InputError

# For arrays, lists, tuples, numbers and strings; none for instances of classes, sets, dicts or outside references.
_OPCODES = frozenset(
    [
        'PROTO', 'FRAME', 'STOP', 'MARK', 'NONE', 'NEWTRUE', 'NEWFALSE', 'INT', 'BININT', 'BININT1', 'BININT2',
        'LONG', 'LONG1', 'LONG4', 'FLOAT', 'BINFLOAT', 'STRING', 'BINSTRING', 'SHORT_BINSTRING', 'BINBYTES',
        'SHORT_BINBYTES', 'BINBYTES8', 'BYTEARRAY8', 'UNICODE', 'SHORT_BINUNICODE', 'BINUNICODE', 'BINUNICODE8',
        'EMPTY_LIST', 'APPEND', 'APPENDS', 'LIST', 'EMPTY_TUPLE', 'TUPLE', 'TUPLE1', 'TUPLE2', 'TUPLE3', 'GET',
        'BINGET', 'LONG_BINGET', 'PUT', 'BINPUT', 'LONG_BINPUT', 'MEMOIZE', 'GLOBAL', 'STACK_GLOBAL', 'REDUCE',
        'BUILD',
    ]
)  # fmt: skip
_PAYLOADS = frozenset(['BINBYTES', 'BINBYTES8', 'BYTEARRAY8', 'BINSTRING'])
_MAPPED_FROM = 4096  # bytes; longer values stay in the file until they are used
_MAX_INSTRUCTIONS = 2**21  # takes some seconds; W-TALC's files of ActivityNet's size would have a tenth of it
_MAX_LINE = 4096  # bytes of an argument that ends with its line
_FAULTS = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    EOFError,
    SyntaxError,
    OverflowError,
    MemoryError,
    RecursionError,
    TokenError,  # the header is parsed as Python text
    pickle.UnpicklingError,
)


class _Unpickler(pickle.Unpickler):
    """Finds functions among the makers only, and long values by their place in the file."""

    def __init__(self, stream: bytes, content: memoryview, makers: Makers) -> None:
        super().__init__(BytesIO(stream), encoding='latin1')
        self._content = content
        self._makers = makers

    def find_class(self, module: str, name: str) -> Any:
        return self._makers.find(module, name)

    def persistent_load(self, pid: Any) -> memoryview:
        start, stop = map(int, pid.split(':'))
        return self._content[start:stop]


class _ShortLines:
    """A mapped file with a limit on the length of lines, which only pickles of protocol 0 have."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        self.read, self.tell = content.read, content.tell

    def readline(self) -> bytes:
        """A line of at most :data:`_MAX_LINE` bytes."""
        start = self._content.tell()
        stop = self._content.find(b'\n', start, start + _MAX_LINE) + 1
        if not stop:
            raise RefusedError(f'a line of more than {_MAX_LINE} bytes')
        return self._content.read(stop - start)


def read_names(path: str | PathLike[str]) -> list[str]:
    """The names of videos in a ``.npy`` file of bytes or strings; errors as :func:`read_object_array`."""
    names = read_object_array(path).reshape(-1)
    return [name.decode('utf-8', 'replace') if isinstance(name, bytes) else str(name) for name in names]


def read_object_array(path: str | PathLike[str]) -> NDArray[Any]:
    """The array of a ``.npy`` file, plain or of objects.

    An object array may hold arrays of numbers and strings, numbers, strings, bytes, None, and lists and tuples of
    these, as NumPy 1 and 2 under Python 2 and 3 write them. Every instruction of the pickle is checked before it is
    followed, no name outside a short list is looked up, and sizes and repetitions are compared with the file. Large
    values stay in the file, memory-mapped and read-only, until they are used.

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
                plain = np.asarray(np.load(path, mmap_mode='r', allow_pickle=False))
                check_text(plain)
                return plain
            start = file.tell()
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        content.seek(start)
        stream, count = _checked(content)
        value = _Unpickler(stream, memoryview(content), Makers(len(content), count)).load()
        array = finished(value)
        if not isinstance(array, np.ndarray) or prod(shape) != array.size:
            raise RefusedError('its array does not have the shape in its header')
        return array.reshape(shape)
    except OSError as error:
        raise InputError(
            f'cannot be read ({error.strerror})', file=name, remedy='check the file and its permissions'
        ) from error
    except RefusedError as error:
        raise InputError(
            f'refused: {error}',
            file=name,
            remedy='save it as NumPy arrays, numbers and strings, nothing else is unpickled',
        ) from error
    except _FAULTS as error:
        reason = ' '.join(str(error).split())
        raise InputError(
            f'not a .npy file of arrays, numbers and strings, or truncated ({reason:.120})',
            file=name,
            remedy='copy it again',
        ) from error


def _checked(content: mmap.mmap) -> tuple[bytes, int]:
    """The pickle without frames, long values replaced by their place in the file; and the number of instructions."""
    stream, number = bytearray(), 0
    for number, (name, argument, start, stop) in enumerate(_instructions(content)):
        if name not in _OPCODES:
            raise RefusedError(f'it holds the instruction {name}')
        if number >= _MAX_INSTRUCTIONS:
            raise RefusedError(f'it holds more than {_MAX_INSTRUCTIONS:,} instructions')
        if name in ('PUT', 'BINPUT', 'LONG_BINPUT') and int(argument) > number:
            raise RefusedError('an absurd place in its memo')
        if name == 'FRAME':
            continue
        if name in _PAYLOADS and len(argument) >= _MAPPED_FROM:
            stream += f'P{stop - len(argument)}:{stop}\n'.encode()
        else:
            stream += content[start:stop]
    return bytes(stream), number + 1


def _instructions(content: mmap.mmap) -> Iterator[tuple[str, Any, int, int]]:
    """Name, argument, start and stop of each instruction."""
    previous: tuple[str, Any, int] | None = None
    for opcode, argument, position in pickletools.genops(cast('IO[bytes]', _ShortLines(content))):
        start = position or 0
        if previous is not None:
            yield (*previous, start)
        previous = (opcode.name, argument, start)
    if previous is not None:
        yield (*previous, content.tell())
