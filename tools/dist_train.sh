#!/usr/bin/env bash
# Train a config with several processes; see --help.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: tools/dist_train.sh CONFIG PROCESSES [ARGUMENTS OF tools/train.py]

Train with PROCESSES processes on this machine: one a GPU (NCCL), or on the CPU where there is no GPU (gloo).

Several machines: run the same command on each, with
  NNODES       number of machines (default 1)
  NODE_RANK    number of this one, from 0
  MASTER_ADDR  address of machine 0
  PORT         a free port on machine 0 (default: any free one; 29500 with several machines)
PYTHON names another interpreter than python.

example: tools/dist_train.sh configs/acl/acl_synthetic_us.py 2 --work-dir work_dirs/two_processes
TEXT
}

case "${1:-}" in -h | --help) usage && exit 0 ;; esac
if [ "$#" -lt 2 ]; then
  usage >&2
  exit 2
fi
config="$1"
processes="$2"
shift 2

tools="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
python="${PYTHON:-python}"
nodes="${NNODES:-1}"
if [ -z "${PORT:-}" ]; then
  PORT=29500
  if [ "$nodes" = 1 ]; then
    PORT="$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
  fi
fi

# One thread a process unless told otherwise: processes that each use every core slow each other down.
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"
export PYTHONPATH="$tools/..${PYTHONPATH:+:$PYTHONPATH}"
exec "$python" -m torch.distributed.run \
  --nnodes "$nodes" --node_rank "${NODE_RANK:-0}" --nproc_per_node "$processes" \
  --master_addr "${MASTER_ADDR:-127.0.0.1}" --master_port "$PORT" \
  "$tools/train.py" "$config" --launcher pytorch "$@"
