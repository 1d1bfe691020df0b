import type { FitCheckpoint, FitJob, FitState } from '@graft/engines'
import { readSafetensors, type Tensors, writeSafetensors } from '@graft/network'
import type { ProgramState } from './events.js'

/** Tensors of drive.py's checkpoints by the beginning of their names, without it. */
function part(tensors: Tensors, beginning: string): Tensors {
  return new Map(
    [...tensors]
      .filter(([name]) => name.startsWith(beginning))
      .map(([name, tensor]) => [name.slice(beginning.length), tensor]),
  )
}

const under = (beginning: string, tensors: Tensors): Tensors =>
  new Map([...tensors].map(([name, tensor]) => [beginning + name, tensor]))

/** Name of the aid whose weights the program calls its average. */
const average = 'moving-average'

/**
 * The checkpoint that drive.py has written, with what Graft knows of the run. Tensors keep the program's names and
 * layout: only the program takes them up.
 */
export function readDriveCheckpoint(
  bytes: Uint8Array,
  state: FitState,
  step: number,
): Omit<FitCheckpoint, 'fingerprint' | 'seconds'> {
  const { tensors } = readSafetensors(bytes)
  const best = part(tensors, 'best/')
  const kept = part(tensors, 'average/')
  const slots = new Map([...tensors].filter(([name]) => /^(optimizer|scaler)\//.test(name)))
  return {
    ...state,
    curves: [...state.curves],
    bestWeights: best.size === 0 ? null : best,
    kept: kept.size === 0 ? {} : { [average]: kept },
    trainer: { step, weights: part(tensors, 'network/'), slots },
  }
}

/** The same as a file for drive.py to go on from. */
export function writeDriveCheckpoint(
  checkpoint: Omit<FitCheckpoint, 'fingerprint'>,
  job: Pick<FitJob, 'settings' | 'task' | 'validation'>,
): Uint8Array {
  const { trainer, bestWeights, kept = {} } = checkpoint
  const tensors = new Map([
    ...under('network/', trainer.weights),
    ...under('best/', bestWeights ?? new Map()),
    ...under('average/', kept[average] ?? new Map()),
    ...trainer.slots,
  ])
  return writeSafetensors(tensors, { state: JSON.stringify(programState(checkpoint, job)) })
}

function programState(
  { epoch, position, sums, monitor, curves }: Omit<FitCheckpoint, 'fingerprint'>,
  { settings, task, validation }: Pick<FitJob, 'settings' | 'task' | 'validation'>,
): ProgramState & { readonly values: readonly number[]; readonly thresholds: readonly number[] | null } {
  const monitored = task.curves.includes(settings.monitor) ? settings.monitor : 'loss'
  const split = validation === undefined ? 'train' : 'val'
  const watched = validation === undefined ? 'loss' : monitored
  return {
    epoch,
    position,
    ...sums,
    best_epoch: monitor.bestEpoch,
    best_value: monitor.bestValue,
    waited: monitor.waited,
    stopped: monitor.stopped,
    thresholds: monitor.validation?.head.thresholds ?? null,
    values: curves.filter((point) => point.name === watched && point.split === split).map(({ value }) => value),
  }
}
