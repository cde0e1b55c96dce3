import pytest

from mmacl.datasets.annotations import CsvAnnotations, open_annotations
from mmacl.utils import InputError
from mmacl.utils.collected_errors import collect_errors


def read(tmp_path, text, name='a.csv'):
    (tmp_path / name).write_text(text, encoding='utf-8')
    return open_annotations(tmp_path / name)


@pytest.mark.parametrize(
    ('text', 'says'),
    [
        ('', "no column 'video' among none; expected a first line"),
        ('video,start\na,1\n', "no column 'end' among 'video', 'start'; expected a first line"),
        (
            'video,start,end,labl\n',
            "no column 'label' among 'video', 'start', 'end', 'labl'; rename 'labl' to 'label'",
        ),
        ('Video,Strt,end,label\n', "rename 'Strt' to 'start'"),
        ('video_file,start,end,label\n', "rename 'video_file' to 'video'"),
        (
            'video,begin,t-init,end,label\n',
            "columns 'begin' and 't-init' both mean start; keep one and call it 'start'",
        ),
        ('video,start,end,label\na,1\n', 'line 2 has 2 values where the first line has 4 names'),
        ('video,start,end,label\na,1,2,run,3\n', 'line 2 has 5 values'),
        ('video,start,end,label\na,x,2,run\n', "video 'a': line 2: time 'x'"),
        ('video,start,end,label\na,1,nan,run\n', 'line 2'),
        ('video,start,end,label-idx\na,1,2,run\n', "line 2: label-idx 'run' is not an integer"),
        ('video,start,end,label\n../a,1,2,run\n', "'../a'"),
        ('video,start,end,label,subset\na,1,2,run,x\na,3,4,run,y\n', "line 3: subset 'y' is 'x' in an earlier line"),
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


@pytest.mark.parametrize(
    'text',
    [
        'video,start,end,label\na,1,2,run\nb,3,4.5,jump\n',
        '\ufeffVideo,START,End,Label\r\na,1,2,run\r\n\r\nb,3,4.5,jump\r\n',
        'video;start;end;label\na;1;2;run\nb;3;4.5;jump',
        'video\tstart\tend\tlabel\na\t1\t2\trun\nb\t3\t4.5\tjump',
        'video-name, t-init, t-end, Class Name\na, 0:01, 00:00:02.0, run\nb, 3, 00:04.5, jump',
        ',video_id,begin,stop,action\n0,a,1,2,run\n1,b,3,4.5,jump',
        'name,video,start,end,label,class\nx,a,1,2,run,0\nx,b,3,4.5,jump,1',  # the plain names go before the others
        'video,start,end,label,duration,subset\na,1,2,run\nb,3,4.5,jump,,\n',
    ],
)
@pytest.mark.parametrize('name', ['a.csv', 'A.CSV', 'a.tsv'])
def test_columns_have_many_names(tmp_path, text, name):
    records = read(tmp_path, text, name).records
    assert [(r.video_name, r.segments.tolist(), r.labels) for r in records] == [
        ('a', [[1, 2]], ('run',)),
        ('b', [[3, 4.5]], ('jump',)),
    ]


def test_labels_may_be_ids_of_which_minus_one_is_ambiguous(tmp_path):
    text = """video-name,t-init,t-end,f-init,f-end,video-duration,frame-rate,video-frames,label-idx
a,0.0,1.4,0,42,20.0,30.0,600,-1
a,5.0,9.0,150,270,20.0,30.0,600,10
b,2.0,4.0,60,120,10.0,25.0,250,7
"""
    annotations = read(tmp_path, text)
    assert annotations.classes == ('7', '10')
    assert annotations.notes == ('labels are ids, from 7 to 10; they name the classes',)
    a, b = annotations.records
    assert (a.duration, a.fps, a.labels, a.ambiguous.tolist()) == (20.0, 30.0, ('10',), [[0, 1.4]])
    assert (b.duration, b.fps, b.labels) == (10.0, 25.0, ('7',))
    assert read(tmp_path, 'video,start,end,label,label-idx\na,1,2,run,3\n').class_names() == ('run',)


def test_rows_may_be_out_of_order_and_overlap(tmp_path):
    record = read(tmp_path, 'video,start,end,label\na,9,10,x\nb,0,1,x\na,1,5,y\na,2,3,x\n').records[0]
    assert record.segments.tolist() == [[9, 10], [1, 5], [2, 3]]


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
