from mmacl.dataset_tools.inspection import Subject


def test_a_subject_is_not_read_yet(videos):
    subject = Subject('train', videos.dataset(lazy_init=True))
    assert not subject.dataset._fully_initialized
    assert (subject.trains, subject.timing_stated) == (False, True)
