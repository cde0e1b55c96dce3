import pytest

from mmacl.datasets import TimingRule
from mmacl.structures import SnippetTiming
from mmacl.utils import InputError


def test_fps_and_stride():
    rule = TimingRule.from_config(dict(fps=25, snippet_stride=16))
    assert rule.timing(10, 7.0) == SnippetTiming(0.64, 0.0, 7.0)
    assert rule.timing(10, None) == SnippetTiming(0.64, 0.0, 6.4)
    assert not rule.needs_duration


def test_offset_moves_the_snippets_and_the_end():
    rule = TimingRule.from_config(dict(fps=10.0, snippet_stride=5, offset=0.25))
    assert rule.timing(4, None) == SnippetTiming(0.5, 0.25, 2.25)
    assert rule.timing(4, 3.0).to_seconds([0, 4]).tolist() == [0.25, 2.25]


def test_duration_divided_by_the_number_of_snippets():
    rule = TimingRule.from_config(dict(mode='duration'))
    assert rule.needs_duration
    assert rule.timing(8, 10.0) == SnippetTiming(1.25, 0.0, 10.0)
    with pytest.raises(InputError, match="mode='duration' needs the duration"):
        rule.timing(8, None)


@pytest.mark.parametrize(
    ('timing', 'says'),
    [
        (None, 'timing is not stated'),
        ({}, 'not understood'),
        (dict(fps=25), 'not understood'),
        (dict(mode='frames'), 'not understood'),
        (dict(mode='duration', fps=25), 'not understood'),
        (dict(fps=25, snippet_stride=16, stride=16), 'not understood'),
        (dict(fps=0, snippet_stride=16), 'fps=0'),
        (dict(fps=25, snippet_stride=-1), 'snippet_stride=-1'),
        (dict(fps='25', snippet_stride=16), "fps='25'"),
        (dict(fps=float('inf'), snippet_stride=16), 'fps=inf'),
        (dict(fps=True, snippet_stride=16), 'fps=True'),
        (dict(fps=25, snippet_stride=16, offset=float('nan')), 'offset=nan'),
    ],
)
def test_is_never_guessed(timing, says):
    with pytest.raises(InputError, match=says) as error:
        TimingRule.from_config(timing)
    assert '\n' not in str(error.value)


def test_overlapping_windows_describe_their_middle():
    """Windows of 4 frames every 2 frames of a video of 6 frames, at 1 frame a second, are centred at 2 and 4 s."""
    timing = TimingRule.from_config(dict(fps=1, snippet_stride=2, window=4)).timing(2, 6.0)
    assert timing == SnippetTiming(2.0, 1.0, 6.0)
    edges = timing.to_seconds([0, 1, 2])
    assert ((edges[:-1] + edges[1:]) / 2).tolist() == [2.0, 4.0]
    with pytest.raises(InputError, match='offset and window are both stated'):
        TimingRule.from_config(dict(fps=1, snippet_stride=2, window=4, offset=1.0))
