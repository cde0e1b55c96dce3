"""The file is replaced where it is ours, and never where it is somebody's work."""

import pytest

from mmacl.dataset_tools.conversion import (
    ANNOTATIONS,
    Manifest,
    OutputError,
    OutputFolder,
    annotations_text,
    text_is_current,
    write_text,
)
from mmacl.datasets.annotations import AnnotationSet, VideoRecord
from mmacl.utils import InputError


def write(path, text):
    with OutputFolder(path) as out:
        manifest = Manifest(out)
        current = text_is_current(ANNOTATIONS, text, out, manifest)
        out.begin()
        write_text(ANNOTATIONS, text, out, manifest)
        manifest.finish()
        return current


def test_written_once_and_again_when_the_source_changes(tmp_path):
    assert [write(tmp_path, text) for text in ('1', '1', '2', '2')] == [False, True, False, True]
    assert (tmp_path / ANNOTATIONS).read_text() == '2'


def test_a_file_of_somebody_else_stays(tmp_path):
    (tmp_path / ANNOTATIONS).write_text('mine')
    with pytest.raises(OutputError, match='was written by no conversion'):
        write(tmp_path, '1')
    assert (tmp_path / ANNOTATIONS).read_text() == 'mine'
    assert write(tmp_path, 'mine')


def test_edits_are_not_lost(tmp_path):
    write(tmp_path, '1')
    (tmp_path / ANNOTATIONS).write_text('edited')
    with pytest.raises(OutputError, match='was edited since'):
        write(tmp_path, '1')
    assert (tmp_path / ANNOTATIONS).read_text() == 'edited'


def test_killed_between_file_and_list(tmp_path):
    write(tmp_path, '1')
    with OutputFolder(tmp_path) as out:
        out.begin()
        out.write(ANNOTATIONS, b'2')
    assert write(tmp_path, '2')
    assert not write(tmp_path, '3')


@pytest.mark.parametrize(
    'record', [VideoRecord('C:a'), VideoRecord('a', subset='../up'), VideoRecord('a', subset='a/b')]
)
def test_names_that_are_no_file_names_are_refused(record):
    with pytest.raises(InputError, match=r'^gt\.json: .* name'):
        annotations_text(AnnotationSet([record]), 'gt.json')
