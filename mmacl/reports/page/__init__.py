"""A run as one HTML file."""

from mmacl.reports.page.build_report import build_report, write_report
from mmacl.reports.page.render import Picture, embed_json, picture_of, png_uri
from mmacl.reports.page.timeline_data import Limits

__all__ = ['Limits', 'Picture', 'build_report', 'embed_json', 'picture_of', 'png_uri', 'write_report']
