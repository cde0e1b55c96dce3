"""Registries of mmacl: a child of every mmengine root, and six of its own.

Feature stores and annotation readers are found and built without torch.

Each registry names the packages to import when a type is asked for, so that a config can name a component that has not
been imported yet.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from mmengine import registry as root
from mmengine.registry import Registry as MMEngineRegistry

_SCOPE = 'mmacl'


class Registry(MMEngineRegistry):
    """A registry of mmacl, which finds what the faces of its ``locations`` name.

    Faces are lazy, and a component registers itself when its module is imported, so each name in a face is looked up.
    """

    _imported: bool

    def import_from_location(self) -> None:
        """Import every component, once, when a type is asked for.

        The parent's method would also log each import, and mmengine's logger imports torch.
        """
        if not self._imported:
            for location in self._locations:
                face = import_module(location)
                for name in face.__all__:
                    getattr(face, name)
            self._imported = True


class LightRegistry(Registry):
    """A registry of components that need no torch: mmengine's own logs each step, and its logger imports torch."""

    def __init__(self, name: str, location: str) -> None:
        super().__init__(name, build_func=_build, scope=_SCOPE, locations=[location])

    def get(self, key: str) -> Any:
        """The component of a name, such as ``NpyFolderStore`` or ``mmacl.NpyFolderStore``; None if there is none."""
        self.import_from_location()
        return self.module_dict.get(key.removeprefix(f'{_SCOPE}.'))


def _build(cfg: Mapping[str, Any], registry: LightRegistry, default_args: Mapping[str, Any] | None = None) -> Any:
    """Build a component as mmengine does."""
    arguments = {**(default_args or {}), **cfg}
    arguments.pop('_scope_', None)
    kind = arguments.pop('type')
    component = registry.get(kind) if isinstance(kind, str) else kind
    if component is None:
        raise KeyError(f'{kind} is not in the {registry.name} registry')
    return component(**arguments)


def _child(parent: MMEngineRegistry, *locations: str) -> Registry:
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
TRANSFORMS = _child(root.TRANSFORMS, 'mmacl.datasets.transforms')
FEATURE_STORES = LightRegistry('feature store', 'mmacl.datasets.stores')
ANNOTATION_READERS = LightRegistry('annotation reader', 'mmacl.datasets.annotations')

# The network: backbones, heads, losses, localizers.
MODELS = _child(root.MODELS, 'mmacl.models')
MODEL_WRAPPERS = _child(root.MODEL_WRAPPERS, 'mmacl.engine')
WEIGHT_INITIALIZERS = _child(root.WEIGHT_INITIALIZERS, 'mmacl.models')

# Clusters, segments, scores.
CLUSTERERS = Registry('clusterer', scope=_SCOPE, locations=['mmacl.clustering'])
SNIPPET_WEIGHTS = Registry('snippet weights', scope=_SCOPE, locations=['mmacl.clustering'])
POST_PROCESSORS = Registry('post-processor', scope=_SCOPE, locations=['mmacl.localization'])
METRICS = _child(root.METRICS, 'mmacl.evaluation')
EVALUATOR = _child(root.EVALUATOR, 'mmacl.evaluation')
TASK_UTILS = _child(root.TASK_UTILS, 'mmacl.models')

# From video to features.
EXTRACTORS = Registry('extractor', scope=_SCOPE, locations=['mmacl.video'])
FLOWS = Registry('optical flow', scope=_SCOPE, locations=['mmacl.video.flow'])

# What one looks at.
VISUALIZERS = _child(root.VISUALIZERS, 'mmacl.visualization')
VISBACKENDS = _child(root.VISBACKENDS, 'mmacl.visualization')


def all_registries() -> list[Registry]:
    """The registries of mmacl."""
    return [value for value in globals().values() if isinstance(value, Registry)]


def find_components(name: str) -> list[Any]:
    """What is registered under a name in any registry or its parents.

    ``Registry.get`` tries to import what it does not find, a few milliseconds each, so it is asked last.
    """
    found = []
    for registry in all_registries():
        registry.import_from_location()
        family: MMEngineRegistry | None = registry
        while family is not None and name not in family.module_dict:
            family = family.parent
        if family is not None:
            found.append(family.module_dict[name])
    return found or [component for registry in all_registries() if (component := registry.get(name)) is not None]


def constructor_parameters(component: Any) -> dict[str, inspect.Parameter] | None:
    """Parameters of a constructor by name, following ``**kwargs`` up to the base classes; None where anything goes."""
    if not inspect.isclass(component):
        parameters = inspect.signature(component).parameters
        return None if any(p.kind is p.VAR_KEYWORD for p in parameters.values()) else dict(parameters)
    found: dict[str, inspect.Parameter] = {}
    passed_on = False
    for base in component.__mro__:
        constructor = vars(base).get('__init__')
        if constructor is None or base is object:
            continue
        parameters = inspect.signature(constructor).parameters
        named = {n: p for n, p in parameters.items() if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
        found = named | found
        if not any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
            return found
        passed_on = True
    # Without any constructor nothing is taken; where all pass **kwargs on, anything goes.
    return None if passed_on else found
