from .check_config import apply_options as apply_options
from .check_config import check_config as check_config
from .load_config import import_plugin as import_plugin
from .load_config import load_config as load_config
from .load_config import parse_options as parse_options
