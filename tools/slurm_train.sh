#!/usr/bin/env bash
# Train a config on a Slurm cluster; see --help.
exec bash "$(dirname "${BASH_SOURCE[0]}")/launch.sh" slurm train "$@"
