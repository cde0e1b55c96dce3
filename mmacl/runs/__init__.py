"""Finished and running trainings: records, logs, queues, processes."""
