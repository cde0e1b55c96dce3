import pytest

from mmacl.utils import InputError
from mmacl.utils.small_text import MAX_BYTES, read_small_text


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


def test_ends_of_lines_of_any_kind(tmp_path):
    (tmp_path / 'a.txt').write_bytes(b'a\r\nb\rc\n')
    assert read_small_text(tmp_path / 'a.txt', 'text', 7) == 'a\nb\nc\n'
    with pytest.raises(InputError, match='is more than'):
        read_small_text(tmp_path / 'a.txt', 'text', 6)
