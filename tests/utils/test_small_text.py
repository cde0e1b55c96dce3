import pytest

from mmacl.utils import InputError
from mmacl.utils.small_text import MAX_BYTES, read_small_text


def test_reads_text_and_refuses_a_huge_line(tmp_path):
    path = tmp_path / 'a.csv'
    path.write_text('\ufeffvideo', encoding='utf-8')
    assert read_small_text(path, 'text') == 'video'
    with path.open('wb') as file:
        file.truncate(2 * MAX_BYTES)
    with pytest.raises(InputError, match='200 MB is more') as error:
        read_small_text(path, 'text')
    assert '\n' not in str(error.value)
