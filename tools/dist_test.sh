#!/usr/bin/env bash
# Test a checkpoint with several processes; see --help.
exec bash "$(dirname "${BASH_SOURCE[0]}")/launch.sh" dist test "$@"
