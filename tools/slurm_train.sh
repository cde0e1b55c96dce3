#!/usr/bin/env bash
# Train a config on a Slurm cluster; see --help.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: tools/slurm_train.sh PARTITION JOB_NAME CONFIG [ARGUMENTS OF tools/train.py]

Train with one process a GPU.
  GPUS           processes in all (default 8)
  GPUS_PER_NODE  processes on a machine (default: GPUS, at most 8)
  CPUS_PER_TASK  cores for each process (default 4)
  CPU_ONLY       set to 1: ask for no GPUs, train on the CPU (gloo)
  SRUN_ARGS      further arguments of srun, separated by spaces
  PORT           a free port on the first machine (default 29500)
PYTHON names another interpreter than python.

example: GPUS=4 tools/slurm_train.sh gpu acl configs/acl/acl_thumos14_us.py --seed 1
TEXT
}

case "${1:-}" in -h | --help) usage && exit 0 ;; esac
if [ "$#" -lt 3 ]; then
  usage >&2
  exit 2
fi
partition="$1"
job_name="$2"
config="$3"
shift 3

tools="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
gpus="${GPUS:-8}"
gpus_per_node="${GPUS_PER_NODE:-$((gpus < 8 ? gpus : 8))}"
gres=(--gres "gpu:$gpus_per_node")
if [ "${CPU_ONLY:-0}" = 1 ]; then gres=(); fi
read -r -a srun_args <<<"${SRUN_ARGS:-}"

export MASTER_PORT="${PORT:-29500}"
export PYTHONPATH="$tools/..${PYTHONPATH:+:$PYTHONPATH}"
# The first machine is known only inside the allocation, so each process looks it up there.
# shellcheck disable=SC2016
find_master='MASTER_ADDR="$(scontrol show hostnames "$SLURM_NODELIST" | head -n 1)" exec "$@"'
exec srun --partition "$partition" --job-name "$job_name" "${gres[@]}" \
  --ntasks "$gpus" --ntasks-per-node "$gpus_per_node" --cpus-per-task "${CPUS_PER_TASK:-4}" --kill-on-bad-exit=1 \
  "${srun_args[@]}" \
  bash -c "$find_master" find_master "${PYTHON:-python}" -u "$tools/train.py" "$config" --launcher slurm "$@"
