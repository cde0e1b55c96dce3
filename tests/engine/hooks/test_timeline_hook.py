"""Each tested video is drawn under its name."""

from __future__ import annotations

from types import SimpleNamespace

from mmacl.engine import TimelineHook
from mmacl.structures import ActionDataSample


def test_hands_each_video_to_the_visualizer(tmp_path):
    drawn = []
    visualizer = SimpleNamespace(add_datasample=lambda *args, out_file: drawn.append((args, out_file)))
    samples = [ActionDataSample(metainfo=dict(video_name=name)) for name in ('a', 'b')]
    runner = SimpleNamespace(visualizer=visualizer)
    TimelineHook(str(tmp_path)).after_test_iter(runner, 0, outputs=samples)
    assert [out for _, out in drawn] == [str(tmp_path / 'a.png'), str(tmp_path / 'b.png')]
    assert [args[2] for args, _ in drawn] == samples
