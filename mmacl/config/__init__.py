"""A config file, composed and checked: every key is known before anything is built."""

from mmacl.config.check_config import apply_options, check_config
from mmacl.config.load_config import import_plugin, load_config, parse_options

__all__ = ['apply_options', 'check_config', 'import_plugin', 'load_config', 'parse_options']
