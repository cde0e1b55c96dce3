"""The page of a video, in a real browser."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest

from mmacl.reports.page import Curve, VideoPage, embedded_video
from tests.reports.page.browser import BROWSER, Browser
from tests.video.make_video import grey_frames, write_video

LABELS = ('jump </script><b>', 'spin "x"')
FOUND = [
    {'label': LABELS[0], 'cluster': 0, 'score': 0.9, 'segment': [1.0, 2.5]},
    {'label': LABELS[1], 'cluster': 1, 'score': 0.5, 'segment': [3.0, 4.0]},
    {'label': LABELS[0], 'cluster': 2, 'score': 0.2, 'segment': [1.0, 1.5]},
    {'label': LABELS[1], 'cluster': 1, 'score': 0.1, 'segment': [4.5, 5.25]},
]
PAGE = VideoPage(
    name='a <script>alert(1)</script>',
    duration=6.0,
    detections=FOUND,
    labels=LABELS,
    curves=(Curve(f'A of {LABELS[0]}', 'A', np.sin(np.arange(30)), 0), Curve('S', 'S', np.cos(np.arange(30)))),
    snippet_duration=0.2,
    offset=0.0,
    size=(64, 48),
    sources=('a.mp4',),
    files=(('subtitles', 'a.srt'),),
    facts=(('model', 'mine <b>'),),
)


def test_values_are_escaped_and_nothing_but_the_video_may_be_loaded():
    text = PAGE.render()
    assert '<script>alert' not in text
    assert '<b>' not in text.replace('</script><script>', '')
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1].replace('&#39;', "'")
    assert "default-src 'none'" in policy
    assert "media-src 'self' file:; " in policy
    times = re.findall(r'class="times">([^<]*)<', text)
    assert times[0] == '00:00:01.000 – 00:00:02.500'
    assert [time[:12] for time in times] == ['00:00:01.000', '00:00:01.000', '00:00:03.000', '00:00:04.500']


def test_a_page_without_segments():
    text = dataclasses.replace(PAGE, detections=(), curves=()).render()
    assert 'Nothing was found in this video.' in text


@pytest.fixture(scope='module')
def browser(tmp_path_factory):
    if BROWSER is None:
        pytest.skip('needs Chromium')
    started = Browser(tmp_path_factory.mktemp('profile'))
    yield started
    started.close()


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """A video of six seconds, and its page."""
    folder = tmp_path_factory.mktemp('pages')
    frames = grey_frames(list(range(150)), width=64, height=48)
    write_video(folder / 'a.mp4', frames, codec='libx264', pixels='yuv420p', g='25')
    (folder / 'a.html').write_text(PAGE.render(), encoding='utf-8')
    embedded = dataclasses.replace(PAGE, sources=(embedded_video(folder / 'a.mp4'),), files=())
    (folder / 'embedded.html').write_text(embedded.render(), encoding='utf-8')
    return folder


def opened(browser: Browser, page: Path, width: int = 1200, dark: bool = False) -> Browser:
    browser.events.clear()
    browser.open(page.as_uri(), width, dark)
    browser.wait('player.readyState >= 2')
    return browser


def now(browser):
    browser.wait('!player.seeking')
    return browser.run('player.currentTime')


def box(browser, script):
    """Left, top, right and bottom of an element."""
    return browser.run(f'(({{x, y, right, bottom}}) => [x, y, right, bottom])(({script}).getBoundingClientRect())')


def click_at(browser, x, y):
    """A real click."""
    for kind in ('mousePressed', 'mouseReleased'):
        browser.call('Input.dispatchMouseEvent', type=kind, x=x, y=y, button='left', clickCount=1)


def click(browser, script):
    """A real click on the middle of an element."""
    left, top, right, bottom = box(browser, script)
    click_at(browser, (left + right) / 2, (top + bottom) / 2)


@pytest.mark.parametrize(('name', 'width', 'dark'), [('a.html', 1200, False), ('embedded.html', 390, True)])
def test_it_plays_and_every_click_and_key_moves_it(browser, folder, name, width, dark):
    opened(browser, folder / name, width, dark)
    assert browser.run('player.duration') == pytest.approx(6.0, abs=0.1)
    assert browser.run('document.documentElement.scrollWidth') <= width
    browser.run('document.getElementById("timeline").scrollIntoView({behavior: "instant"})')
    # A bar of the timeline, then a place between bars, then the list.
    click(browser, 'document.querySelector(".tl [data-i=\\"2\\"]")')
    assert now(browser) == pytest.approx(3.0, abs=0.01)
    assert browser.run('document.querySelector("[aria-current] .action").textContent') == LABELS[1]
    browser.run('document.querySelector(".plot").scrollIntoView({block: "center", behavior: "instant"})')
    left, top, right, _ = box(browser, 'document.querySelector(".tl .base")')
    click_at(browser, left + (right - left) * 0.45, top - 5)
    assert now(browser) == pytest.approx(0.45 * 6, abs=0.05)
    browser.run('document.querySelector("[data-segment=\\"3\\"]").click()')
    assert now(browser) == pytest.approx(4.5, abs=0.01)
    assert browser.run('document.querySelector(".tl .chosen") !== null')
    browser.run('document.activeElement.blur()')
    browser.press('p')
    assert now(browser) == pytest.approx(3.0, abs=0.01)
    browser.press('n')
    assert now(browser) == pytest.approx(4.5, abs=0.01)
    browser.press('n')
    assert now(browser) == pytest.approx(4.5, abs=0.01)
    # Play and pause.
    browser.run('player.muted = true; player.playbackRate = 0.25')
    browser.press(' ')
    browser.wait('!player.paused && player.currentTime > 4.55')
    browser.press(' ')
    browser.wait('player.paused')
    head = box(browser, 'document.querySelector(".head")')[0]
    left, _, right, _ = box(browser, 'document.querySelector(".tl .base")')
    expected = left + (right - left) * browser.run('player.currentTime') / 6
    assert head == pytest.approx(expected, abs=3)
    browser.run('player.currentTime = 4.7')
    browser.wait('document.querySelectorAll("#segments .on").length === 1')
    assert browser.run('document.getElementById("trouble").hidden')
    assert browser.complaints() == []


def test_the_arrow_keys_of_the_timeline_move_it_too(browser, folder):
    opened(browser, folder / 'a.html')
    browser.run('document.querySelector(".plot").focus()')
    browser.press('ArrowRight')
    assert now(browser) == pytest.approx(1.0, abs=0.01)
    browser.press('ArrowRight')
    browser.press('ArrowRight')
    assert now(browser) == pytest.approx(3.0, abs=0.01)
    assert browser.complaints() == []


def test_a_video_that_has_gone_is_said(browser, folder):
    browser.events.clear()
    page = folder / 'gone.html'
    page.write_text(dataclasses.replace(PAGE, sources=('none.mp4',)).render(), encoding='utf-8')
    browser.open(page.as_uri(), 800)
    browser.wait('!document.getElementById("trouble").hidden')
