#!/usr/bin/env bash
# Start training or testing in several processes: what dist_train.sh, dist_test.sh, slurm_train.sh and slurm_test.sh run.
set -euo pipefail

launcher="${1:-}"
program="${2:-}"
case "$program" in
  train) verb='Train' inputs=(CONFIG) ;;
  test) verb='Test' inputs=(CONFIG CHECKPOINT) ;;
esac

case "$launcher $program" in
  'dist train' | 'dist test')
    words=("${inputs[@]}" PROCESSES)
    text="$verb with PROCESSES processes on this machine: one a GPU (NCCL), or on the CPU where there is no GPU (gloo).

Several machines: run the same command on each, with
  NNODES       number of machines (default 1)
  NODE_RANK    number of this one, from 0
  MASTER_ADDR  address of machine 0
  PORT         a free port on machine 0 (default: any free one; 29500 with several machines)"
    example="tools/dist_$program.sh configs/acl/acl_synthetic_us.py"
    [ "$program" = train ] || example+=' work_dirs/acl_synthetic_us/epoch_12.pth'
    example+=' 2'
    ;;
  'slurm train' | 'slurm test')
    words=(PARTITION JOB_NAME "${inputs[@]}")
    text="$verb with one process a GPU.
  GPUS           processes in all (default 8)
  GPUS_PER_NODE  processes on a machine (default: GPUS, at most 8)
  CPUS_PER_TASK  cores for each process (default 4)
  CPU_ONLY       set to 1: ask for no GPUs, $program on the CPU (gloo)
  SRUN_ARGS      further arguments of srun, separated by spaces
  PORT           a free port on the first machine (default 29500)"
    example="GPUS=4 tools/slurm_$program.sh gpu acl configs/acl/acl_thumos14_us.py"
    [ "$program" = train ] || example+=' epoch_3.pth'
    ;;
  *)
    usage='usage: tools/launch.sh dist|slurm train|test ARGUMENTS'
    case "$launcher" in -h | --help) echo "$usage" && exit 0 ;; esac
    echo "$usage" >&2
    exit 2
    ;;
esac
shift 2

usage() {
  cat <<TEXT
usage: tools/${launcher}_$program.sh ${words[*]} [ARGUMENTS OF tools/$program.py]

$text
PYTHON names another interpreter than python.

example: $example
TEXT
}

case "${1:-}" in -h | --help) usage && exit 0 ;; esac
if [ "$#" -lt "${#words[@]}" ]; then
  usage >&2
  exit 2
fi
given=("${@:1:${#words[@]}}")
shift "${#words[@]}"

tools="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
python="${PYTHON:-python}"
export PYTHONPATH="$tools/..${PYTHONPATH:+:$PYTHONPATH}"

if [ "$launcher" = dist ]; then
  nodes="${NNODES:-1}"
  if [ -z "${PORT:-}" ]; then
    PORT=29500
    if [ "$nodes" = 1 ]; then
      PORT="$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
    fi
  fi
  # One thread a process unless told otherwise: processes that each use every core slow each other down.
  export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"
  exec "$python" -m torch.distributed.run \
    --nnodes "$nodes" --node_rank "${NODE_RANK:-0}" --nproc_per_node "${given[${#inputs[@]}]}" \
    --master_addr "${MASTER_ADDR:-127.0.0.1}" --master_port "$PORT" \
    "$tools/$program.py" "${given[@]:0:${#inputs[@]}}" --launcher pytorch "$@"
fi

gpus="${GPUS:-8}"
gpus_per_node="${GPUS_PER_NODE:-$((gpus < 8 ? gpus : 8))}"
gres=(--gres "gpu:$gpus_per_node")
if [ "${CPU_ONLY:-0}" = 1 ]; then gres=(); fi
read -r -a srun_args <<<"${SRUN_ARGS:-}"

export MASTER_PORT="${PORT:-29500}"
# The first machine is known only inside the allocation, so each process looks it up there.
# shellcheck disable=SC2016
find_master='MASTER_ADDR="$(scontrol show hostnames "$SLURM_NODELIST" | head -n 1)" exec "$@"'
exec srun --partition "${given[0]}" --job-name "${given[1]}" "${gres[@]}" \
  --ntasks "$gpus" --ntasks-per-node "$gpus_per_node" --cpus-per-task "${CPUS_PER_TASK:-4}" --kill-on-bad-exit=1 \
  "${srun_args[@]}" \
  bash -c "$find_master" find_master "$python" -u "$tools/$program.py" "${given[@]:2}" --launcher slurm "$@"
