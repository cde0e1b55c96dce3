from .build_report import build_report as build_report
from .build_report import write_report as write_report
from .render import Picture as Picture
from .render import embed_json as embed_json
from .render import picture_of as picture_of
from .render import png_uri as png_uri
from .tables_page import render_tables_page as render_tables_page
from .timeline_data import Limits as Limits
