#!/bin/bash
# One training on several machines of a Slurm cluster: sbatch deploy/slurm.sh mine.graft.json
# Every machine runs the same command and trains with its own GPUs; the first of them keeps the result.
#SBATCH --job-name=graft
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=8
#SBATCH --cpus-per-task=64
#SBATCH --time=12:00:00
#SBATCH --requeue
set -euo pipefail

graph=${1:?name a graph file}
first=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | sed -n 1p)
# Jobs that share a machine each meet at a port of their own.
export GRAFT_RENDEZVOUS="$first:$((29500 + SLURM_JOB_ID % 1000))"
# A requeued job has the number that it had, and goes on from its checkpoints; each machine has a home of its own.
homes=${GRAFT_HOMES:-$HOME/.graft-slurm}/$SLURM_JOB_ID
export graph homes

# Each machine puts in its own numbers. Since Slurm 22.05 a step asks for its processors itself.
# shellcheck disable=SC2016
srun --kill-on-bad-exit=1 --cpus-per-task="${SLURM_CPUS_PER_TASK:-1}" bash -c '
  export GRAFT_HOME="$homes/node-$SLURM_NODEID"
  out="graft-out/$SLURM_JOB_ID/node-$SLURM_NODEID"
  if [ "${SLURM_RESTART_COUNT:-0}" -gt 0 ]; then
    graft resume last --out "$out"
    code=$?
    # 2: no run was begun here yet. A run that failed is not begun anew, which would leave its checkpoints behind.
    if [ "$code" -ne 2 ]; then exit "$code"; fi
  fi
  exec graft run "$graph" --engine torch --processes "${SLURM_GPUS_ON_NODE:-1}" \
    --nodes "$SLURM_NNODES" --node-rank "$SLURM_NODEID" --out "$out"
'
