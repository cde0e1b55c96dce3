import bz2
import gzip
import lzma
import tracemalloc

import pytest

from mmacl.utils import InputError
from mmacl.utils.small_text import MAX_BYTES, plain_or_gzipped, read_small_text


def test_reads_text_and_refuses_a_huge_line(tmp_path):
    path = tmp_path / 'a.csv'
    path.write_text('\ufeffvideo', encoding='utf-8')
    assert read_small_text(path, 'text') == 'video'
    with path.open('wb') as file:
        file.truncate(2 * MAX_BYTES)
    with pytest.raises(InputError, match='210 MB is more than the 105 MB of text') as error:
        read_small_text(path, 'text')
    assert '\n' not in str(error.value)


def test_what_does_not_say_its_size_is_read_up_to_the_limit():
    with pytest.raises(InputError, match='more than the 1 MB'):
        read_small_text('/dev/zero', 'text', 10**6)


def test_gzip_is_unpacked_up_to_the_limit(tmp_path):
    path = tmp_path / 'a.txt'  # known by its content, not by its name
    path.write_bytes(gzip.compress('\ufeffa\r\n'.encode()) + gzip.compress(b'b'))
    assert read_small_text(path, 'text') == 'a\nb'
    path.write_bytes(gzip.compress(bytes(10**7)))
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=r'a\.txt: this is more than the 1 MB of text'):
            read_small_text(path, 'text', 10**6)
        assert tracemalloc.get_traced_memory()[1] < 5e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize('broken', [lambda whole: whole[:-9], lambda whole: whole[:20] + b'xxxx' + whole[24:]])
def test_a_damaged_gzip_file(tmp_path, broken):
    (tmp_path / 'a.gz').write_bytes(broken(gzip.compress(b'some text, long enough to be cut' * 9)))
    with pytest.raises(InputError, match=r'a\.gz: damaged gzip file .*; copy it again$'):
        read_small_text(tmp_path / 'a.gz', 'text')


@pytest.mark.parametrize(
    ('content', 'says'),
    [
        ('video'.encode('utf-16'), 'UTF-16 text, not UTF-8 text; save it as UTF-8; expected a form$'),
        (b'\xfe\xff' + 'video'.encode('utf-16-be'), 'UTF-16 text'),
        ('video'.encode('utf-16-le'), 'holds zero bytes, so it is binary or UTF-16'),
        ('\u00e9t\u00e9'.encode('latin-1'), r'not UTF-8 text \(.*\); save it as UTF-8'),
        (bz2.compress(b'video'), 'packed with bzip2, not UTF-8 text; unpack it'),
        (lzma.compress(b'video'), 'packed with xz'),
        (b'PK\x03\x04rest', 'a zip archive'),
    ],
)
def test_other_kinds_of_files_are_named(tmp_path, content, says):
    (tmp_path / 'a').write_bytes(content)
    with pytest.raises(InputError, match=says) as error:
        read_small_text(tmp_path / 'a', 'a form')
    assert '\n' not in str(error.value)


def test_a_gzipped_file_stands_in_for_one_that_is_not_there(tmp_path):
    path = tmp_path / 'a.json'
    assert plain_or_gzipped(path) == str(path)
    (tmp_path / 'a.json.gz').touch()
    assert plain_or_gzipped(path) == f'{path}.gz'
    path.touch()
    assert plain_or_gzipped(path) == str(path)


def test_ends_of_lines_of_any_kind(tmp_path):
    (tmp_path / 'a.txt').write_bytes(b'a\r\nb\rc\n')
    assert read_small_text(tmp_path / 'a.txt', 'text', 7) == 'a\nb\nc\n'
    with pytest.raises(InputError, match='is more than'):
        read_small_text(tmp_path / 'a.txt', 'text', 6)
