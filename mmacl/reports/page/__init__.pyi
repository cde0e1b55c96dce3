from .build_report import build_report as build_report
from .build_report import write_report as write_report
from .render import Picture as Picture
from .render import embed_json as embed_json
from .render import picture_of as picture_of
from .render import png_uri as png_uri
from .timeline_data import Limits as Limits
