"""Topics of ``tools/maintenance/benchmark.py``: each compares two ways of the same work in one run.

A topic is a module with ``measure(setting)``, which returns tables by their titles. A table is a list of rows; a row
holds figures by the names of their columns. All features are simulated.
"""
