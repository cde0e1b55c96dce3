"""What scoring, checking and browsing need of the structures is there without torch."""

from __future__ import annotations

import subprocess
import sys

LIGHT = """
import sys
from mmacl.localization import describe_detections, describe_results
from mmacl.structures import AttentionCurve, ClusterMapping, PseudoLabels, SnippetTiming, clip_segments, temporal_iou
assert not {'torch', 'mmcv', 'mmengine', 'scipy', 'cv2'} & set(sys.modules)
"""


def test_only_the_sample_imports_torch():
    subprocess.run([sys.executable, '-c', LIGHT], check=True)
