"""A generator of untrimmed videos for tests, examples and benchmarks; everything that comes from it is simulated.

A *world* holds what videos have in common: actions are ordered sequences of atoms, several actions share an atom, and
several share a scene. A *timeline* says when actions happen. A *script* fills in phases, lone atoms and shots. Each
stream renders the script into a latent and reads it out through a fixed, non-negative layer. The numbers in
``recipe.py`` were calibrated on probes that use no method (``tools/maintenance/probe_synthetic.py``), and then frozen.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
