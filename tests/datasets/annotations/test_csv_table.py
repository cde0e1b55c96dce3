import pytest

from mmacl.datasets.annotations import CsvAnnotations
from mmacl.utils import InputError
from mmacl.utils.collected_errors import collect_errors


@pytest.mark.parametrize(
    ('text', 'says'),
    [
        ('video,start\na,1\n', 'first line'),
        ('video,start,end,label\na,1\n', 'line 2'),
        ('video,start,end,label\na,x,2,run\n', 'line 2'),
        ('video,start,end,label\na,1,nan,run\n', 'line 2'),
        ('video,start,end,label\n../a,1,2,run\n', "'../a'"),
        ('video,start,end,label,subset\na,1,2,run,x\na,3,4,run,y\n', 'line 3'),
        ('video,start,end,label\n' + 'a' * 200000 + ',1,2,run\n', 'line'),
    ],
)
def test_faults_are_told_in_one_line(tmp_path, text, says):
    path = tmp_path / 'a.csv'
    path.write_text(text)
    with pytest.raises(InputError, match=r'a\.csv') as error:
        CsvAnnotations(path).read()
    assert says in str(error.value)
    assert '\n' not in str(error.value)


def test_a_video_without_instances(tmp_path):
    path = tmp_path / 'a.csv'
    path.write_text('label,video,start,end,duration\n,a,,,7.5\n')
    record = CsvAnnotations(path).read().records[0]
    assert (record.video_name, record.duration, record.labels) == ('a', 7.5, ())


def test_all_faults_can_be_collected(tmp_path):
    path = tmp_path / 'a.csv'
    path.write_text('video,start,end,label\na,x,2,run\na,1,2,run\nb,1\n../c,1,2,run\nd,1,2,\nd,3,4,run\n')
    with collect_errors() as errors:
        records = CsvAnnotations(path).read().records
    assert [error.video for error in errors] == ['a', 'b', 'd', '../c']
    assert {record.video_name: record.segments.tolist() for record in records} == {'a': [[1, 2]], 'd': [[3, 4]]}
