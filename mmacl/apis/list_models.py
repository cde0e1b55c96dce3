"""Names of the configs that come with mmacl."""

from mmacl.config import list_models as list_models
from mmacl.config import model_configs as model_configs
