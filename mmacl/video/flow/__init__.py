"""Optical flow between neighbouring frames, and streams of it."""

from mmacl.video.flow.opencv import DISFlow, OpenCVTVL1Flow
from mmacl.video.flow.stream import FlowMethod, build_flow, flow_stream
from mmacl.video.flow.tvl1 import TVL1Flow

__all__ = ['DISFlow', 'FlowMethod', 'OpenCVTVL1Flow', 'TVL1Flow', 'build_flow', 'flow_stream']
