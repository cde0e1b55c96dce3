"""Loops and optimiser in one, for configs that list models, schedules and runtimes as their bases.

New configs name a method and a setting instead.
"""

_base_ = ['../settings/rounds.py', './adam.py']
