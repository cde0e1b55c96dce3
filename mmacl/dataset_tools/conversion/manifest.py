"""The list of what conversions wrote into a folder."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any, BinaryIO, NamedTuple

from mmacl.dataset_tools.conversion.output_folder import STAGING, OutputFolder
from mmacl.utils import InputError
from mmacl.utils.strict_json import parse_strict_json

MANIFEST = 'conversion.json'
"""The list of what was written, in the folder itself."""

_JOURNAL = 'journal.jsonl'
_VERSION = 1


class Written(NamedTuple):
    """One file that was written.

    Attributes:
        source: fingerprint of what it was made from, and how.
        size: bytes.
        time: of its last change, in nanoseconds.
    """

    source: str
    size: int
    time: int


class Manifest:
    """Remember what was written, even if the conversion is killed.

    While a conversion runs, each file gets a line in a journal *before* it is put into its place: a file that the
    manifest does not name was written by somebody else. At the end all lines become ``conversion.json``, sorted, so
    that it does not depend on the order, or the number of attempts, in which files were written.

    Args:
        out: the folder.

    Raises:
        InputError: ``conversion.json`` is no such list.
    """

    def __init__(self, out: OutputFolder) -> None:
        self._out = out
        self._journal: BinaryIO | None = None
        self.files: dict[str, Written] = {}
        path = out.path / MANIFEST
        try:
            content = parse_strict_json((out.read(MANIFEST) or b'null').decode(), path, 'the list of a conversion')
            for name, entry in [] if content is None else content['files'].items():
                self.files[name] = _written(entry)
            if content is not None and content['version'] != _VERSION:
                raise ValueError(f'version {content["version"]}')
        except InputError:
            raise
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise InputError(
                f'not written by this version of the converter ({error!s:.60})', file=path, remedy='name another folder'
            ) from error
        for line in (out.read(f'{STAGING}/{_JOURNAL}') or b'').splitlines(keepends=True):
            # The last line may be torn; its file is converted again.
            if line.endswith(b'\n'):
                name, entry = _line(line, out)
                self.files[name] = entry

    def is_current(self, relative: str, source: str | None) -> bool:
        """Whether a file was made from this source in this way, and has not been touched since."""
        known, found = self.files.get(relative), self._out.look(relative)
        return (
            source is not None
            and known is not None
            and found is not None
            and known == Written(source, found.st_size, found.st_mtime_ns)
        )

    def is_ours(self, relative: str) -> bool:
        """Whether a conversion has written this file before."""
        return relative in self.files

    def videos(self) -> list[tuple[str, str]]:
        """Modality and video of every feature file."""
        parts = [PurePosixPath(name).parts for name in self.files]
        return [(part[1], part[2].removesuffix('.npy')) for part in parts if len(part) == 3 and part[0] == 'features']

    def record(self, relative: str, entry: Written) -> None:
        """Remember a file just before it is put into its place."""
        if self._journal is None:
            # A new file replaces an old journal, so that nothing is appended to a file of somebody else.
            lines = [json.dumps([name, *known]) + '\n' for name, known in self.files.items()]
            self._out.write(f'{STAGING}/{_JOURNAL}', ''.join(lines).encode())
            self._journal = self._out.open_to_append(f'{STAGING}/{_JOURNAL}')
        self.files[relative] = entry
        line = (json.dumps([relative, *entry]) + '\n').encode()
        self._out.append(f'{STAGING}/{_JOURNAL}', self._journal, line)

    def finish(self) -> None:
        """Write the list, if it has changed, and forget the journal."""
        self.close()
        rows = [f'{json.dumps(name)}: {json.dumps(entry._asdict())}' for name, entry in sorted(self.files.items())]
        text = f'{{"version": {_VERSION}, "files": {{\n' + ',\n'.join(rows) + '\n}}\n'
        if self._out.read(MANIFEST) != text.encode():
            self._out.write(MANIFEST, text.encode())
        self._out.clear_staging(_JOURNAL)

    def close(self) -> None:
        """Close the journal."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None


def _written(entry: Any) -> Written:
    source, size, time = entry['source'], entry['size'], entry['time']
    if not (isinstance(source, str) and type(size) is int and type(time) is int):
        raise TypeError('an entry of other types')
    return Written(source, size, time)


def _line(line: bytes, out: OutputFolder) -> tuple[str, Written]:
    try:
        name, source, size, time = json.loads(line)
        return str(name), _written(dict(source=source, size=size, time=time))
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError(
            f'not written by this converter ({line[:40]!r})', file=out.path / STAGING / _JOURNAL, remedy='remove it'
        ) from error
