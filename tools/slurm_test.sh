#!/usr/bin/env bash
# Test a checkpoint on a Slurm cluster; see --help.
exec bash "$(dirname "${BASH_SOURCE[0]}")/launch.sh" slurm test "$@"
