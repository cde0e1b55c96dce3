"""The page of every kind of run: whole, self-contained, escaped, and honest about what its figures are."""

from __future__ import annotations

import json
import re
import sys
from html.parser import HTMLParser

import pytest

from mmacl.apis import RunRecord
from mmacl.reports.page import Limits, build_report, picture_of
from mmacl.reports.page.render import policy_hash
from mmacl.utils import InputError
from mmacl.visualization.figures import new_figure
from tests.reports.page.written_run import CONFIG, write_run

VOID = {'meta', 'img', 'input', 'br', 'hr', 'link', 'rect'}


class Page(HTMLParser):
    """Elements of a page; complains about tags that do not fit."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.wrong: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f'</{tag}> at {self.getpos()}')

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else '', data))

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    def text(self, *tags):
        return ' '.join(' '.join(data for tag, data in self.texts if not tags or tag in tags).split())

    @property
    def data(self):
        return json.loads(next(data for tag, data in self.texts if tag == 'script'))

    @property
    def words(self):
        """What people read."""
        return ' '.join(' '.join(data for tag, data in self.texts if tag not in ('script', 'style')).split())


@pytest.fixture(autouse=True)
def _small_pictures(monkeypatch):
    """Drawing takes longer than all the rest, and is tested where it is done."""

    def draw(diagnosis, facts):
        return {name: new_figure(1, 1) for name in ('false_positives', 'sensitivity', 'missed')}

    monkeypatch.setattr(sys.modules['mmacl.reports.page.build_report'], 'draw_diagnosis', draw)


@pytest.fixture
def report(tmp_path):
    """Write a run and report on it."""

    def make(pictures=(), round_=None, limits=None, **settings):
        return Page(build_report(RunRecord(write_run(tmp_path / 'work', **settings)), pictures, round_, limits))

    return make


@pytest.fixture
def page(report):
    return report()


def test_page_is_whole(page):
    assert page.wrong == []
    assert page.open == []
    names = [attributes['id'] for _, attributes in page.elements if 'id' in attributes]
    assert len(names) == len(set(names))
    targets = {attributes['href'][1:] for attributes in page.all('a')}
    assert targets <= set(names)
    assert all(image.get('alt') is not None for image in page.all('img'))


def test_page_loads_nothing(page):
    for tag, attributes in page.elements:
        for key in ('src', 'href', 'srcset', 'action', 'style', 'onclick', 'onload', 'poster', 'data'):
            value = attributes.get(key)
            assert value is None or value.startswith(('#', 'data:image/png;base64,')), (tag, key, value)
    assert not {'link', 'iframe', 'object', 'embed', 'base'} & {tag for tag, _ in page.elements}


def test_policy_allows_this_script_and_style_and_nothing_else(page):
    policy = next(m['content'] for m in page.all('meta') if m.get('http-equiv') == 'Content-Security-Policy')
    scripts = [data for tag, data in page.texts if tag == 'script']
    style = next(data for tag, data in page.texts if tag == 'style')
    assert len(scripts) == 2
    assert policy.split('; ') == [
        "default-src 'none'",
        f'script-src {policy_hash(scripts[1])}',
        f'style-src {policy_hash(style)}',
        'img-src data:',
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_all_videos_and_figures_are_there(page):
    assert [video['name'] for video in page.data['videos']] == [
        *(f'val_{index:04d}' for index in range(9)),
        *(f'train_{index:04d}' for index in range(12)),
    ]
    for figure in ('20.00', '0.700', 'seed 7', '2.13.0', 'CPU, 2 cores', 'activitynet', "note = 'a < b & c'"):
        assert figure in page.words
    assert 'all detections of a video, of any action, are ranked by score' in page.words
    assert [attributes['data-video'] for attributes in page.all('button') if 'data-video' in attributes]


@pytest.mark.parametrize('simulated', [True, False])
def test_simulated_figures_say_so(report, simulated):
    figure = new_figure(3, 2)
    page = report([picture_of(figure, 'A picture', 'seen')], simulated=simulated)
    captions = len(page.all('figcaption')) + len([d for d in page.all('p') if d.get('class') == 'name'])
    badges = [data for tag, data in page.texts if tag == 'span' and data == 'simulated']
    assert (len(badges) >= captions > 5) == simulated
    assert ('Every figure on this page was measured on simulated videos' in page.words) == simulated
    assert ('(simulated data)' in page.text('title')) == simulated
    if not simulated:
        assert 'simulated' not in page.words


def test_strictness_is_plain(report, tmp_path):
    page = report()
    assert 'Strict protocol.' in page.words
    assert 'best on test' not in page.words
    write_run(tmp_path / 'other', selection='WARNING: best on test: chosen by labels')
    page = Page(build_report(RunRecord(tmp_path / 'other')))
    assert 'Warning: best on test.' in page.text('strong')
    assert 'Strict protocol.' not in page.words
    assert {'class': 'protocol warning', 'role': 'note'} in page.all('p')


def test_only_the_last_round_of_a_strict_run_counts(report, tmp_path):
    counts = 'the last round, which is the one that counts'
    assert counts in report().words
    write_run(tmp_path / 'going', rounds=2, planned_rounds=3)
    write_run(tmp_path / 'chosen', selection='WARNING: best on test: chosen by labels')
    for folder in ('going', 'chosen'):
        words = Page(build_report(RunRecord(tmp_path / folder))).words
        assert counts not in words
        assert 'Bold: the last round shown.' in words


def test_weak_supervision(report, tmp_path):
    folder = write_run(tmp_path / 'weak', weak=True, rounds=1, planned_rounds=1, streams=('rgb',))
    (folder / 'acl_written_us.py').write_text(CONFIG + "clusterer = dict(type='AnnotatedLabels')\n")
    page = Page(build_report(RunRecord(folder)))
    assert 'weak supervision' in page.text('span')
    assert 'supervised by the annotations' in page.words
    assert 'Clusters of the training videos' not in page.words
    assert 'Stream' not in page.text('th')
    assert 'Localization' in page.text('figcaption')


def test_nothing_is_said_of_s_for_a_method_without_it(report, tmp_path):
    assert 'S' in report().text('strong').split()
    without = Page(build_report(RunRecord(write_run(tmp_path / 'without', num_val=2, agnostic=False))))
    assert '(the method has no class-agnostic attention)' in without.words
    assert 'S' not in without.text('strong').split()


def test_without_annotations(report):
    page = report(annotated=False)
    assert page.wrong == []
    assert 'There are no annotations' in page.words
    assert 'Surest' in page.text('h3')
    assert 'Error analysis' not in page.words
    assert 'Video AP' not in page.words
    assert page.data['labels'] == ['cluster_00', 'cluster_01', 'cluster_02']


def test_no_video_is_among_the_best_and_the_worst(report):
    """Not even where all are equally bad."""
    page = report(detections=0, num_val=12)
    named = [attributes['data-video'] for attributes in page.all('button') if 'data-video' in attributes]
    assert len(named) == len(set(named)) == 10


def test_a_run_that_goes_on(report):
    page = report(rounds=1, planned_rounds=3)
    assert 'overlap' not in page.words
    assert '1 of 3 rounds is finished' in page.words
    assert page.data['rounds'] == [1]
    assert 'not finished' in page.text('span')


def test_an_earlier_round(report):
    page = report(round_=1, rounds=3, planned_rounds=3)
    assert page.data['rounds'] == [1]
    assert 'round 1 of 3' in page.text('span')
    assert '0.700' not in page.words
    assert 'not finished' not in page.words


def test_a_round_that_is_not_there(tmp_path):
    record = RunRecord(write_run(tmp_path / 'work'))
    with pytest.raises(InputError, match='round 3 is not finished; choose from 1, 2'):
        build_report(record, round_=3)


def test_without_a_config_or_a_single_detection(report, tmp_path):
    folder = write_run(tmp_path / 'bare', detections=0, num_val=1)
    (folder / 'acl_written_us.py').unlink()
    page = Page(build_report(RunRecord(folder)))
    assert page.wrong == []
    assert 'does not hold acl_written_us.py' in page.words
    assert 'nothing found' in page.words


def test_overlap_of_training_and_test_is_said(report):
    names = ['train_0003', 'val_0000']
    assert 'Train and test overlap. 1 of the 2 test videos are training videos too' in report(video_names=names).words


def test_config_that_changed_at_a_resume(tmp_path):
    folder = write_run(tmp_path / 'work', rounds=3, planned_rounds=3)
    first = 'load_from = None\nnms = dict(iou_threshold=0.5)\nresume = False\ntrain_cfg = dict(num_rounds=3)\n'
    later = "load_from = 'epoch_2.pth'\nnms = dict(iou_threshold=0.3)\nresume = True\ntrain_cfg = dict(num_rounds=3)\n"
    for number, text in ((1, first), (2, first.replace('None', "'epoch_1.pth'")), (3, later)):
        (folder / 'records' / f'round_{number}' / 'config.py').write_text(text)
    page = Page(build_report(RunRecord(folder)))
    assert page.wrong == []
    changed, whole = (data for tag, data in page.texts if tag == 'pre')
    assert changed == '-nms = dict(iou_threshold=0.5)\n+nms = dict(iou_threshold=0.3)'
    assert whole == later
    assert 'changed between rounds 2 and 3' in page.words
    assert 'The composed config of round 3, 4 lines' in page.words
    earlier = Page(build_report(RunRecord(folder), round_=2))
    assert 'config changed' not in earlier.words
    assert 'iou_threshold=0.5' in earlier.words


def test_names_stay_text(report):
    hostile = ['</script><script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '{{ 7 * 7 }}']
    page = report(classes=hostile, video_names=['<b>v', "a'b", '&amp;'])
    assert page.wrong == []
    assert len([data for tag, data in page.texts if tag == 'script']) == 2
    assert not [image for image in page.all('img') if image.get('src') == 'x']
    assert page.data['labels'] == hostile
    assert [video['name'] for video in page.data['videos'][:3]] == ['&amp;', '<b>v', "a'b"]
    assert '<b>v' in page.text('bdi')


def test_size_of_four_thousand_videos_is_bounded(tmp_path):
    """What a video adds, at the limits of 4,819 videos and three rounds, leaves the page below 20 MB."""
    settings = dict(num_train=4, rounds=3, planned_rounds=3, detections=60, mean_duration=300.0)
    sizes = []
    for number in (10, 50):
        folder = write_run(tmp_path / str(number), num_val=number, **settings)
        sizes.append(len(build_report(RunRecord(folder), limits=Limits.of(4819, 3))))
    assert 4819 * (sizes[1] - sizes[0]) / 40 < 14e6


def test_the_same_record_gives_the_same_page(tmp_path):
    folder = write_run(tmp_path / 'work')
    assert build_report(RunRecord(folder)) == build_report(RunRecord(folder))


def test_no_path_of_the_machine_is_on_the_page(tmp_path):
    text = build_report(RunRecord(write_run(tmp_path / 'work')))
    assert str(tmp_path) not in text
    assert not re.search(r'/(home|tmp)/', text)
