"""The way in, for programs: load a config, build a model, find actions, read a run."""

from mmacl.apis.inferencer import ActionLocalizationInferencer
from mmacl.apis.init_model import init_model
from mmacl.apis.list_models import list_models
from mmacl.cli import add_config_arguments, run_tool, seed
from mmacl.config import load_config
from mmacl.engine.start_run import build_runner, check_datasets, prepare_work_dir
from mmacl.reports.page import write_report
from mmacl.reports.round_pictures import RoundPicture, round_pictures, timeline_picture
from mmacl.runs.run_record import RunRecord

__all__ = [
    'ActionLocalizationInferencer',
    'RoundPicture',
    'RunRecord',
    'add_config_arguments',
    'build_runner',
    'check_datasets',
    'init_model',
    'list_models',
    'load_config',
    'prepare_work_dir',
    'round_pictures',
    'run_tool',
    'seed',
    'timeline_picture',
    'write_report',
]
