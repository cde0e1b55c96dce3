"""What was written is known, also after a kill."""

import io
import json

import pytest

from mmacl.dataset_tools.conversion import Manifest, OutputError, OutputFolder, Written
from mmacl.dataset_tools.conversion.manifest import MANIFEST
from mmacl.dataset_tools.conversion.output_folder import STAGING
from mmacl.utils import InputError


def put(out, manifest, name, content=b'x', source='s'):
    with out.part('p') as file:
        file.write(content)
    found = (out.path / STAGING / 'p.part').stat()
    manifest.record(name, Written(source, found.st_size, found.st_mtime_ns))
    out.place('p', name)


def test_order_and_attempts_leave_no_trace(tmp_path):
    entries = {name: Written('s', 1, 2) for name in ('features/rgb/b.npy', 'features/rgb/a.npy')}
    for folder, order in (('one', list(entries)), ('two', list(entries)[::-1])):
        for attempt, names in enumerate((order[:1], order[1:])):
            with OutputFolder(tmp_path / folder) as out:
                manifest = Manifest(out)
                out.begin()
                for name in names:
                    manifest.record(name, entries[name])
                if attempt == 1 or folder == 'two':
                    manifest.finish()
                manifest.close()
    one, two = ((tmp_path / folder / MANIFEST).read_bytes() for folder in ('one', 'two'))
    assert one == two
    assert list(json.loads(one)['files']) == sorted(entries)
    assert [path.name for path in (tmp_path / 'one').iterdir()] == [MANIFEST]


def test_current_until_source_or_file_changes(tmp_path):
    name = 'features/rgb/a.npy'
    with OutputFolder(tmp_path) as out:
        out.begin()
        manifest = Manifest(out)
        assert not manifest.is_ours(name)
        put(out, manifest, name)
        for known in (manifest, Manifest(out)):  # from memory, and from the journal
            assert known.is_current(name, 's')
            assert known.is_ours(name)
            assert not known.is_current(name, 'other')
            assert not known.is_current(name, None)
            assert known.videos() == [('rgb', 'a')]
        (tmp_path / name).write_bytes(b'y')
        assert not manifest.is_current(name, 's')
        (tmp_path / name).unlink()
        assert not manifest.is_current(name, 's')
        manifest.close()


def test_the_last_line_may_be_torn(tmp_path):
    with OutputFolder(tmp_path) as out:
        out.begin()
        manifest = Manifest(out)
        manifest.record('a', Written('s', 1, 2))
        manifest.record('b', Written('s', 1, 2))
        manifest.close()
        journal = tmp_path / STAGING / 'journal.jsonl'
        journal.write_bytes(journal.read_bytes()[:-5])
        assert set(Manifest(out).files) == {'a'}
        for line in (b'[]\n', b'[' * 10**5 + b'\n', b'\xff\n'):
            journal.write_bytes(line)
            with pytest.raises(InputError, match='not written by this converter'):
                Manifest(out)


def test_a_journal_on_a_full_disk_is_named(tmp_path, monkeypatch):
    class Full(io.BytesIO):
        def write(self, content):
            raise OSError(28, 'No space left on device')

    monkeypatch.setattr(OutputFolder, 'open_to_append', lambda self, relative: Full())
    with OutputFolder(tmp_path) as out:
        out.begin()
        with pytest.raises(OutputError, match=r'journal\.jsonl: the disk is full'):
            Manifest(out).record('a', Written('s', 1, 2))


@pytest.mark.parametrize(
    'text',
    [
        '[]',
        '{}',
        '{"version": 2, "files": {}}',
        '{"version": 1, "files": {"a": {}}}',
        '{"version": 1, "files": [1]}',
        '{"version": 1, "files": {"a": {"source": 1, "size": 1, "time": 1}}}',
        'x',
        '\udc80',
    ],
)
def test_a_list_of_somebody_else(tmp_path, text):
    (tmp_path / MANIFEST).write_bytes(text.encode(errors='surrogateescape'))
    with OutputFolder(tmp_path) as out, pytest.raises(InputError, match=MANIFEST):
        Manifest(out)
