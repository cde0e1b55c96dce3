"""A run as one HTML file."""

from mmacl.visualization.report.build_report import build_report
from mmacl.visualization.report.embedding import Picture, embed_json, picture_of, png_uri
from mmacl.visualization.report.limits import Limits

__all__ = ['Limits', 'Picture', 'build_report', 'embed_json', 'picture_of', 'png_uri']
