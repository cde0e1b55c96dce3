import pytest

from mmacl.dataset_tools.inspection import folder_subjects
from mmacl.utils import InputError


def test_one_subject_a_subset_with_rgb_first(videos):
    subjects = folder_subjects(videos.root, dict(fps=10, snippet_stride=5))
    assert [(subject.name, subject.timing_stated) for subject in subjects] == [('test', True), ('train', True)]
    assert all(subject.dataset.modalities == ('rgb', 'flow') for subject in subjects)
    assert folder_subjects(videos.root, modalities=['flow'])[0].dataset.modalities == ('flow',)


@pytest.mark.parametrize('content', [None, 'no JSON', '{"database": {"alpha": {}}}'])
def test_all_videos_where_no_subset_is_named(videos, content):
    path = videos.root / 'annotations.json'
    path.unlink() if content is None else path.write_text(content)
    (subject,) = folder_subjects(videos.root)
    assert (subject.name, subject.dataset.subsets, subject.timing_stated) == ('all videos', None, False)


def test_an_empty_folder_is_a_stream_that_misses_everything(videos):
    (videos.root / 'features' / 'audio').mkdir()
    assert folder_subjects(videos.root)[0].dataset.modalities == ('rgb', 'audio', 'flow')


def test_other_folders_are_refused(tmp_path):
    with pytest.raises(InputError, match='no folders features/'):
        folder_subjects(tmp_path)
