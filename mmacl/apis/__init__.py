"""The way in, for programs: load a config, build a model, find actions."""

from mmacl.apis.cli import add_config_arguments, load_config, run_tool, seed
from mmacl.apis.inferencer import ActionLocalizationInferencer
from mmacl.apis.init_model import init_model
from mmacl.apis.list_models import list_models
from mmacl.apis.report import write_report
from mmacl.apis.round_pictures import RoundPicture, round_pictures, timeline_picture
from mmacl.apis.run_record import RunRecord
from mmacl.apis.runs import build_runner, check_datasets, prepare_work_dir

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
