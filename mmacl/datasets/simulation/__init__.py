"""A generator of untrimmed videos for tests, examples and benchmarks; everything that comes from it is simulated.

A *world* holds what videos have in common: actions are ordered sequences of atoms, several actions share an atom, and
several share a scene. A *timeline* says when actions happen. A *script* fills in phases, lone atoms and shots. Each
stream renders the script into a latent and reads it out through a fixed, non-negative layer. The numbers in
``recipe.py`` were calibrated on probes that know no method (``tools/maintenance/probe_synthetic.py``), and then
frozen.
"""

from mmacl.datasets.simulation.recipe import GENERATOR_VERSION, RECIPE, Recipe, StreamRecipe
from mmacl.datasets.simulation.settings import FPS, SNIPPET_DURATION, SNIPPET_STRIDE, SUBSETS, SimulationSettings
from mmacl.datasets.simulation.simulated_store import SimulatedStore
from mmacl.datasets.simulation.timeline import Timeline
from mmacl.datasets.simulation.timeline_statistics import THUMOS14_STATISTICS, timeline_statistics
from mmacl.datasets.simulation.video_simulator import VideoSimulator

__all__ = [
    'FPS',
    'GENERATOR_VERSION',
    'RECIPE',
    'SNIPPET_DURATION',
    'SNIPPET_STRIDE',
    'SUBSETS',
    'THUMOS14_STATISTICS',
    'Recipe',
    'SimulatedStore',
    'SimulationSettings',
    'StreamRecipe',
    'Timeline',
    'VideoSimulator',
    'timeline_statistics',
]
