"""A report with the pictures of its run."""

from __future__ import annotations

import re

import pytest

from mmacl.apis import write_report
from mmacl.utils import InputError
from tests.reports.page.written_run import write_run


def test_pictures_of_the_run_are_on_the_page(tmp_path):
    folder = write_run(tmp_path / 'work', num_val=2, detections=2, rounds=3, planned_rounds=3)
    path = write_report(folder, tmp_path / 'deep' / 'page.html', 2)
    assert path == tmp_path / 'deep' / 'page.html'
    text = path.read_text()
    titles = re.findall(r'aria-label="Enlarge: ([^"]+)"', text)
    assert titles[:3] == ['Round by round', 'Training losses', 'Affinity of the training videos']
    assert 'Clusters against classes, round 1' in titles
    assert 'False positives' in titles
    # The title says by a badge what is simulated, the words for those who do not see it say so themselves.
    assert 'alt="Round by round · simulated. Agreement' in text
    assert not [title for title in titles if 'round 3' in title]


def test_weak_supervision_has_fewer_pictures(blank_pictures, tmp_path):
    folder = write_run(tmp_path / 'work', weak=True, num_val=2, detections=2)
    titles = re.findall(r'aria-label="Enlarge: ([^"]+)"', write_report(folder, tmp_path / 'page.html').read_text())
    assert not [title for title in titles if title.startswith(('Affinity', 'Clusters', 'Videos by'))]


def test_one_round_makes_no_curve(blank_pictures, tmp_path):
    folder = write_run(tmp_path / 'work', num_val=2, detections=2)
    assert 'Enlarge: Round by round' not in write_report(folder, tmp_path / 'page.html', 1).read_text()


def test_without_annotations_no_measure_is_drawn(blank_pictures, tmp_path):
    folder = write_run(tmp_path / 'work', annotated=False, num_val=2, detections=2)
    titles = re.findall(r'aria-label="Enlarge: ([^"]+)"', write_report(folder, tmp_path / 'page.html').read_text())
    assert titles[:2] == ['Training losses', 'Affinity of the training videos']


@pytest.mark.parametrize(('out', 'round_', 'message'), [('', None, 'it is a folder'), ('page.html', 9, 'round 9')])
def test_mistakes_leave_no_file(tmp_path, out, round_, message):
    folder = write_run(tmp_path / 'work', num_val=1, detections=1)
    with pytest.raises(InputError, match=message):
        write_report(folder, tmp_path / out, round_)
    assert not list(tmp_path.glob('*.html'))
