import pytest

from mmacl.datasets.annotations.text_lines import read_lines
from mmacl.utils import InputError


def test_lines(tmp_path):
    path = tmp_path / 'a.txt'
    path.write_text('v1  0.5 1\n\nv2 2 3\n')
    assert list(read_lines(path)) == [('v1', 0.5, 1.0), ('v2', 2.0, 3.0)]
    path.write_text('v1 0.5\n')
    with pytest.raises(InputError, match='line 1'):
        list(read_lines(path))
