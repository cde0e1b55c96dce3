import numpy as np
import pytest

from mmacl.datasets.stores import CsvFolderStore, MissingFeaturesError
from mmacl.utils import InputError

HEADER = 'f0,f1,f2\n'
ROWS = '0.5,1,2e-3\n-4,5.25,6\n'
VALUES = np.array([[0.5, 1, 2e-3], [-4, 5.25, 6]], np.float32)


def write(tmp_path, text, name='a.csv'):
    path = tmp_path / 'features' / 'rgb' / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return CsvFolderStore(tmp_path)


@pytest.mark.parametrize(
    'text',
    [
        HEADER + ROWS,
        ROWS,
        '"f0", "f1", "f2"\n' + ROWS,
        '0,1,2\n' + ROWS,  # pandas without names
        '\ufeff' + HEADER + ROWS,
        (HEADER + ROWS).replace('\n', '\r\n'),
        '\n' + HEADER + '\n' + ROWS + '\n\n',
        ROWS.rstrip('\n'),
    ],
)
def test_one_row_a_snippet_with_and_without_names(tmp_path, text):
    store = write(tmp_path, text)
    features = store.load('a', 'rgb')
    np.testing.assert_array_equal(features, VALUES)
    assert features.dtype == np.float32
    assert store.shape('a', 'rgb') == (2, 3)
    assert store.list_videos('rgb') == ('a',)


def test_streams_side_by_side(tmp_path):
    write(tmp_path, ROWS)
    store = CsvFolderStore(tmp_path, ('features/rgb/{video}.csv',), slices=dict(rgb=(0, 1), flow=(1, 3)))
    np.testing.assert_array_equal(store.load('a', 'flow'), VALUES[:, 1:])
    assert store.shape('a', 'flow') == (2, 2)


def test_a_file_that_changed_is_read_anew(tmp_path):
    store = write(tmp_path, ROWS)
    assert store.shape('a', 'rgb') == (2, 3)
    write(tmp_path, ROWS + ROWS)
    assert store.shape('a', 'rgb') == (4, 3)


@pytest.mark.parametrize(
    ('text', 'says'),
    [
        ('', 'empty file'),
        ('\n\n', 'no snippet'),
        (HEADER, 'no snippet'),
        ('1,2\n3,4,5\n', 'no table of numbers'),
        (HEADER + '1,2\n', '3 names of columns, but 2 columns'),
        ('1;2\n3;4\n', 'no table of numbers|no snippet'),
        ('1,x\n3,4\n', 'names and numbers'),
        ('1,2\n3,x\n', 'no table of numbers'),
        (',f0,f1\n0,1,2\n', 'the first column has no name.*index=False'),
        ('1,nan\n', 'NaN in 1 of 1 snippets'),
        ('1,1e999\n', 'infinite values'),
        (b'\xff\xfe1,2\n', 'not UTF-8'),
    ],
)
def test_refused_in_one_line_that_names_the_file(tmp_path, text, says):
    store = write(tmp_path, text)
    with pytest.raises(InputError, match=says) as error:
        store.load('a', 'rgb')
    assert error.value.file == str(tmp_path / 'features/rgb/a.csv')
    assert '\n' not in str(error.value)


def test_missing_ones_are_missing(tmp_path):
    with pytest.raises(MissingFeaturesError):
        write(tmp_path, ROWS).load('b', 'rgb')
