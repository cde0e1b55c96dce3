"""Registries of mmacl: a child of every mmengine root, and four of its own.

Each registry names the modules to import when a type is asked for, so that a config can name a component
without anybody having imported it.
"""

from __future__ import annotations

from mmengine import registry as root
from mmengine.registry import Registry

_SCOPE = 'mmacl'


def _child(parent: Registry, *locations: str) -> Registry:
    """A child of an mmengine root that finds its components in ``locations``."""
    return Registry(parent.name, parent=parent, scope=_SCOPE, locations=list(locations))


# What runs.
RUNNERS = _child(root.RUNNERS, 'mmacl.engine')
RUNNER_CONSTRUCTORS = _child(root.RUNNER_CONSTRUCTORS, 'mmacl.engine')
LOOPS = _child(root.LOOPS, 'mmacl.engine')
HOOKS = _child(root.HOOKS, 'mmacl.engine')
LOG_PROCESSORS = _child(root.LOG_PROCESSORS, 'mmacl.engine')
STRATEGIES = _child(root.STRATEGIES, 'mmacl.engine')
INFERENCERS = _child(root.INFERENCERS, 'mmacl.apis')
FUNCTIONS = _child(root.FUNCTIONS, 'mmacl.datasets')

# How it is optimised.
OPTIMIZERS = _child(root.OPTIMIZERS, 'mmacl.engine')
OPTIM_WRAPPERS = _child(root.OPTIM_WRAPPERS, 'mmacl.engine')
OPTIM_WRAPPER_CONSTRUCTORS = _child(root.OPTIM_WRAPPER_CONSTRUCTORS, 'mmacl.engine')
PARAM_SCHEDULERS = _child(root.PARAM_SCHEDULERS, 'mmacl.engine')

# What goes in.
DATASETS = _child(root.DATASETS, 'mmacl.datasets')
DATA_SAMPLERS = _child(root.DATA_SAMPLERS, 'mmacl.datasets')
TRANSFORMS = _child(root.TRANSFORMS, 'mmacl.datasets')
FEATURE_STORES = Registry('feature store', scope=_SCOPE, locations=['mmacl.datasets'])
ANNOTATION_READERS = Registry('annotation reader', scope=_SCOPE, locations=['mmacl.datasets'])

# The network: backbones, heads, losses, localizers.
MODELS = _child(root.MODELS, 'mmacl.models')
MODEL_WRAPPERS = _child(root.MODEL_WRAPPERS, 'mmacl.engine')
WEIGHT_INITIALIZERS = _child(root.WEIGHT_INITIALIZERS, 'mmacl.models')

# Clusters, segments, scores.
CLUSTERERS = Registry('clusterer', scope=_SCOPE, locations=['mmacl.clustering'])
POST_PROCESSORS = Registry('post-processor', scope=_SCOPE, locations=['mmacl.localization'])
METRICS = _child(root.METRICS, 'mmacl.evaluation')
EVALUATOR = _child(root.EVALUATOR, 'mmacl.evaluation')
TASK_UTILS = _child(root.TASK_UTILS, 'mmacl.models')

# What one looks at.
VISUALIZERS = _child(root.VISUALIZERS, 'mmacl.visualization')
VISBACKENDS = _child(root.VISBACKENDS, 'mmacl.visualization')
