"""The way in, for programs: load a config, build a model, find actions."""

from mmacl.apis.cli import add_config_arguments, load_config, run_tool
from mmacl.apis.runs import build_runner, check_datasets, prepare_work_dir

__all__ = ['add_config_arguments', 'build_runner', 'check_datasets', 'load_config', 'prepare_work_dir', 'run_tool']
