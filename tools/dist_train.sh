#!/usr/bin/env bash
# Train a config with several processes; see --help.
exec bash "$(dirname "${BASH_SOURCE[0]}")/launch.sh" dist train "$@"
