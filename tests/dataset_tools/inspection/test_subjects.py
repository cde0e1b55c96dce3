import gzip

import numpy as np
import pytest

from mmacl.dataset_tools.inspection import folder_subjects
from mmacl.dataset_tools.inspection.subjects import find_streams
from mmacl.utils import InputError


def test_one_subject_a_subset_with_rgb_first(videos):
    subjects, faults = folder_subjects(videos.root, dict(fps=10, snippet_stride=5))
    assert faults == []
    assert [(subject.name, subject.timing_stated) for subject in subjects] == [('test', True), ('train', True)]
    assert all(subject.dataset.modalities == ('rgb', 'flow') for subject in subjects)
    assert folder_subjects(videos.root, modalities=['flow'])[0][0].dataset.modalities == ('flow',)


@pytest.mark.parametrize('content', [None, 'no JSON', '{"database": {"alpha": {}}}'])
def test_all_videos_where_no_subset_is_named(videos, content):
    path = videos.root / 'annotations.json'
    path.unlink() if content is None else path.write_text(content)
    ((subject,), _) = folder_subjects(videos.root)
    assert (subject.name, subject.dataset.subsets, subject.timing_stated) == ('all videos', None, False)


def test_gzipped_annotations_are_read_like_plain_ones(videos):
    path = videos.root / 'annotations.json'
    (videos.root / 'annotations.json.gz').write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    subjects, faults = folder_subjects(videos.root)
    assert ([subject.name for subject in subjects], faults) == (['test', 'train'], [])
    assert subjects[1].dataset.ann_file == f'{path}.gz'
    assert videos.dataset(require_annotations=False).action_counts() is not None


def test_a_folder_with_few_videos_counts_as_a_stream_and_the_message_says_so(videos):
    (videos.root / 'features' / 'audio').mkdir()
    videos.save('alpha', 'backup', np.ones((8, 4), np.float32))
    subjects, faults = folder_subjects(videos.root)
    assert subjects[0].dataset.modalities == ('rgb', 'audio', 'backup', 'flow')
    assert [(fault.kind, fault.file, fault.warning) for fault in faults] == [
        ('stray folder', str(videos.root / 'features' / name), True) for name in ('audio', 'backup')
    ]
    assert 'counts as a stream, since it is in features; it has 1 of 4 videos' in faults[1].what
    assert faults[1].remedy.endswith('--modalities rgb flow')


@pytest.mark.parametrize('link', [False, True])
def test_folders_in_a_stream_do_not_hide_it(videos, link):
    (videos.root / 'features/rgb/old').mkdir()
    videos.path('alpha').rename(videos.root / 'features/rgb/old/alpha.npy')
    if link:
        (videos.root / 'features').rename(videos.root / 'real')
        (videos.root / 'features').symlink_to('real')
    streams = find_streams(videos.root, ())
    assert streams.names == ('rgb', 'flow')
    (fault,) = streams.faults
    assert (fault.kind, fault.file) == ('stray folder', str(videos.root / 'features/rgb/old'))
    assert fault.what == '1 files in a folder of a stream, such as alpha.npy, are not read'


def test_entries_of_systems_are_no_streams(videos):
    for name in ('.ipynb_checkpoints', '__MACOSX', '@eaDir', 'rgb/.ipynb_checkpoints'):
        (videos.root / 'features' / name).mkdir()
        np.save(videos.root / 'features' / name / 'alpha.npy', np.ones((8, 4), np.float32))
    (videos.root / 'features/Thumbs.db').touch()
    (videos.root / 'features/notes.txt').touch()
    streams = find_streams(videos.root, ())
    assert (streams.names, streams.faults) == (('rgb', 'flow'), [])


def test_folders_of_subsets(videos):
    for subset in ('train', 'test'):
        for modality in ('rgb', 'flow'):
            (videos.root / 'features' / subset / modality / 'old').mkdir(parents=True)
        (videos.root / 'features' / subset / 'readme.txt').touch()
    np.save(videos.root / 'features/train/rgb/old/x.npy', np.ones((8, 4), np.float32))
    for modality in ('rgb', 'flow'):
        for path in (videos.root / 'features' / modality).iterdir():
            path.rename(videos.root / 'features/train' / modality / path.name)
        (videos.root / 'features' / modality).rmdir()
    streams = find_streams(videos.root, ())
    assert streams.names == ('rgb', 'flow')
    assert [fault.file for fault in streams.faults] == [str(videos.root / 'features/train/rgb/old')]


def test_the_table_of_the_folder_is_used_unless_another_timing_is_stated(videos):
    (videos.root / 'timing.json').write_text('{"videos": {}, "default": {"fps": 10, "snippet_stride": 5}}')
    (subject, _), faults = folder_subjects(videos.root)
    assert (subject.timing_stated, subject.dataset.timings.mode, faults) == (True, 'file', [])
    (subject, _), (fault,) = folder_subjects(videos.root, dict(fps=1, snippet_stride=1))
    assert (subject.dataset.timings.mode, fault.kind, fault.warning) == ('frames', 'timing', True)
    assert fault.file == str(videos.root / 'timing.json')


def test_other_folders_are_refused(tmp_path):
    with pytest.raises(InputError, match='no folders features/'):
        folder_subjects(tmp_path)
