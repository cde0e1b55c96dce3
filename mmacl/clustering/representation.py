"""The earlier place of :func:`~mmacl.structures.video_representation`."""

from mmacl.structures import video_representation

__all__ = ['video_representation']
