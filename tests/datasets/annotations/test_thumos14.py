import pytest

from mmacl.datasets.annotations import Thumos14Annotations
from mmacl.utils import InputError
from mmacl.utils.collected_errors import collect_errors


def test_folders_below_and_order_by_time(tmp_path):
    (tmp_path / 'val').mkdir()
    (tmp_path / 'val' / 'Run_val.txt').write_text('b 3 4\nb 1 2\n')
    (tmp_path / 'detclasslist.txt').write_text('7 Run\n')
    annotations = Thumos14Annotations(tmp_path).read()
    assert annotations.classes == ('Run',)
    assert annotations.records[0].segments.tolist() == [[1, 2], [3, 4]]


def test_faults(tmp_path):
    with pytest.raises(InputError, match='holds no'):
        Thumos14Annotations(tmp_path).read()
    (tmp_path / 'Run_val.txt').write_text('../a 3 4\n')
    with pytest.raises(InputError, match='cannot be a file name'):
        Thumos14Annotations(tmp_path).read()
    (tmp_path / 'Run_val.txt').write_text('a 3 4\n')
    (tmp_path / 'Run_test.txt').write_text('a 3 4\n')
    with pytest.raises(InputError, match='is in subset'):
        Thumos14Annotations(tmp_path).read()


def test_files_of_a_system_and_second_copies(tmp_path):
    for folder in ('val', '.trash', '__MACOSX'):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / 'Run_val.TXT').write_text('a 3 4\n')
    (tmp_path / 'val' / '._Run_val.txt').write_text('junk')
    assert Thumos14Annotations(tmp_path).read().records[0].segments.tolist() == [[3, 4]]
    (tmp_path / 'copy').mkdir()
    (tmp_path / 'copy' / 'Run_val.txt').write_text('a 3 4\n')
    with pytest.raises(InputError, match=r'val/Run_val\.TXT: is there a second time as .*copy/Run_val\.txt; keep one'):
        Thumos14Annotations(tmp_path).read()


def test_all_faults_can_be_collected(tmp_path):
    (tmp_path / 'Run_val.txt').write_text('../a 3 4\nb 3\nc soon 4\nc 5 6\n')
    (tmp_path / 'Run_test.txt').write_text('d 3 4\nc 7 8\n')
    with collect_errors() as errors:
        records = Thumos14Annotations(tmp_path).read().records
    assert sorted(error.video for error in errors) == ['', '../a', 'c', 'c']
    assert [record.video_name for record in records] == ['c', 'd']
