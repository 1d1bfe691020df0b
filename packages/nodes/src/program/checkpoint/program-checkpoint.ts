import { anyRun, type FitCheckpoint, type MetricPoint, taskOf } from '@graft/engines'
import { must } from '@graft/errors'
import { readSafetensors, type Tensors, writeSafetensors } from '@graft/network'
import { z } from 'zod'
import { NodeError } from '../../sdk/node-error.js'
import { fromStateDict, stateDict, type TorchNetwork, torchNetwork } from '../network/torch-network.js'
import type { ProgramPhase, ProgramSource } from '../plan/program-plan.js'
import { isForNetwork } from './checkpoint-form.js'
import { fromTorchSlots, toTorchSlots, under } from './optimizer-slots.js'

const whole = z.int().min(0)
const facts = z.object({
  phase: whole,
  step: whole,
  state: z.object({
    epoch: whole,
    position: whole,
    loss: z.number(),
    hits: z.number(),
    seen: z.number(),
    best_epoch: whole,
    best_value: z.number().nullable(),
    waited: whole,
    stopped: z.boolean(),
    thresholds: z.array(z.number()).nullable(),
    scores: z.record(z.string(), z.number()).nullable(),
    values: z.array(z.number()),
  }),
})
type Facts = z.output<typeof facts>

/** Name of the aid whose weights the program calls its average. */
const average = 'moving-average'

/** A Train of the graph, with the state that it goes on from. */
export interface TakenUp {
  readonly node: string
  readonly checkpoint: FitCheckpoint
}

/**
 * The checkpoint that a program of this graph has written (`runs/checkpoint.safetensors`), for the Train whose phase it
 * is in. Throws NodeError where it isn't one, or is of another graph.
 */
export function readProgramCheckpoint(source: ProgramSource, bytes: Uint8Array): TakenUp {
  const { tensors, metadata } = readSafetensors(bytes)
  const told = facts.safeParse(JSON.parse(metadata['checkpoint'] ?? 'null'))
  const phase = source.plan.phases[told.data?.phase ?? -1]
  if (!told.success || phase === undefined)
    throw new NodeError(
      null,
      'The file is no checkpoint of a program that this graph was exported as.',
      'Give runs/checkpoint.safetensors of the folder that "graft export-program" wrote.',
    )
  const torch = torchNetwork(source.network)
  const { state, step } = told.data
  const [best, kept] = [under(tensors, 'best/'), under(tensors, 'average/')]
  return {
    node: phase.node,
    checkpoint: {
      fingerprint: anyRun,
      epoch: state.epoch,
      position: state.position,
      sums: { loss: state.loss, hits: state.hits, seen: state.seen },
      trainer: {
        step,
        weights: weightsIn(source, torch, under(tensors, 'network/')),
        slots: fromTorchSlots(torch, phase, tensors),
      },
      monitor: {
        bestEpoch: state.best_epoch,
        bestValue: state.best_value,
        waited: state.waited,
        stopped: state.stopped,
        validation: validationOf(source, phase, told.data),
      },
      bestWeights: best.size === 0 ? null : weightsIn(source, torch, best),
      kept: kept.size === 0 ? {} : { [average]: weightsIn(source, torch, kept) },
      curves: watched(phase, told.data),
      seconds: 0,
      images: 0,
    },
  }
}

/** All of the network's values. Throws NodeError where the file lacks one. */
function weightsIn({ network, tensors }: ProgramSource, torch: TorchNetwork, state: Tensors): Tensors {
  const missing = [...torch.names.values()].find((name) => !state.has(name))
  if (missing !== undefined)
    throw new NodeError(
      'model',
      `The checkpoint has no "${missing}", which ${network.name} has in this graph.`,
      'Give a checkpoint of the program that this graph was exported as.',
    )
  return new Map([...tensors, ...fromStateDict(torch, state)])
}

function validationOf(
  { plan, network, files }: ProgramSource,
  { validation }: ProgramPhase,
  { state: { scores, thresholds } }: Facts,
): FitCheckpoint['monitor']['validation'] {
  if (scores === null || validation === null) return null
  const { head } = taskOf(network)
  const rows =
    new TextDecoder()
      .decode(must(files.get(validation), validation))
      .trim()
      .split('\n').length - 1
  const { thresholds: _, ...plain } = head
  return { count: rows, values: scores, head: { ...plain, names: plan.classes, ...(thresholds && { thresholds }) } }
}

/** What a schedule on a plateau looks at. */
function watched(phase: ProgramPhase, { step, state: { epoch, values, position } }: Facts): MetricPoint[] {
  const perEpoch = epoch === 0 ? 0 : (step - position) / epoch
  const name = phase.validation === null ? 'loss' : phase.monitor
  const split = phase.validation === null ? 'train' : 'val'
  return values.map((value, index) => ({
    name,
    split,
    epoch: index + 1,
    step: (index + 1) * perEpoch,
    value,
    x: { name: 'epoch', value: index + 1 },
  }))
}

/**
 * A checkpoint of a Train of this graph as its program takes it up (`train.py --resume`).
 * Throws NodeError where it is of the torch engine, or where no phase of the program learns what its optimizer steps.
 */
export function writeProgramCheckpoint(source: ProgramSource, checkpoint: FitCheckpoint): Uint8Array {
  const torch = torchNetwork(source.network)
  if (!isForNetwork(checkpoint, torch))
    throw new NodeError(
      null,
      'The checkpoint is of a run with the torch engine, or of another network: its weights have other names than this graph gives them.',
      'Go on with that run in Graft ("graft resume"), or export without the checkpoint.',
    )
  const { trainer, monitor, sums, bestWeights, kept = {} } = checkpoint
  const index = phaseOf(source, torch, trainer.slots)
  const phase = must(source.plan.phases[index], 'a phase')
  const fixed = fixedValues(source, torch, index, trainer.weights)
  const sets = { network: trainer.weights, best: bestWeights, average: kept[average] ?? null }
  const tensors: Tensors = new Map([
    ...Object.entries(sets).flatMap(([part, values]) =>
      values === null
        ? []
        : [...stateDict(torch, new Map([...fixed, ...values]))].map(
            ([name, value]) => [`${part}/${name}`, value] as const,
          ),
    ),
    ...toTorchSlots(torch, phase, trainer.slots, trainer.step),
  ])
  const name = phase.validation === null ? 'loss' : phase.monitor
  const split = phase.validation === null ? 'train' : 'val'
  const state: Facts['state'] = {
    epoch: checkpoint.epoch,
    position: checkpoint.position,
    ...sums,
    best_epoch: monitor.bestEpoch,
    best_value: monitor.bestValue,
    waited: monitor.waited,
    stopped: monitor.stopped,
    thresholds: monitor.validation?.head.thresholds?.slice() ?? null,
    scores: monitor.validation === null ? null : { ...monitor.validation.values },
    values: checkpoint.curves.filter((one) => one.name === name && one.split === split).map(({ value }) => value),
  }
  return writeSafetensors(tensors, {
    checkpoint: JSON.stringify({ phase: index, step: trainer.step, state, scaler: null }),
  })
}

/**
 * Values of the stages before those that are stepped, of which a checkpoint of Graft has none. Throws NodeError where an
 * earlier phase has learned one: what to isn't known here.
 */
function fixedValues({ plan, tensors }: ProgramSource, { names }: TorchNetwork, phase: number, held: Tensors): Tensors {
  const fixed: Tensors = new Map([...tensors].filter(([key]) => !held.has(key)))
  const learned = [...fixed.keys()].find((key) =>
    plan.phases.slice(0, phase).some((before) => changes(before, names.get(key) ?? key)),
  )
  if (learned === undefined) return fixed
  throw new NodeError(
    'model',
    `The checkpoint is of the phase "${plan.phases[phase]?.name}" and doesn't hold "${learned}", which a phase before has learned.`,
    'Finish the run here, or export without the checkpoint.',
  )
}

const beginsWith = (name: string, beginnings: readonly string[]): boolean =>
  beginnings.some((one) => name === one || name.startsWith(`${one}.`))

/** Whether a phase may change the tensor of this name. */
function changes({ frozen, batchStatistics, solver }: ProgramPhase, name: string): boolean {
  if (/\.running_(mean|var)$/.test(name)) return beginsWith(name, batchStatistics)
  return solver === null ? !beginsWith(name, frozen) : name.startsWith(`${solver.layer}.`)
}

/** The last phase that learns just what the optimizer keeps something of. */
function phaseOf({ plan }: ProgramSource, { names }: TorchNetwork, slots: Tensors): number {
  const stepped = new Set([...slots.keys()].map((slot) => names.get(slot.slice(slot.indexOf('/') + 1)) ?? ''))
  const fits = plan.phases.findLastIndex(
    (phase) => phase.solver === null && [...stepped].every((name) => !beginsWith(name, phase.frozen)),
  )
  if (fits >= 0 && stepped.size > 0) return fits
  throw new NodeError(
    null,
    'The checkpoint is of no Train that leads to the network of this program.',
    'Name that Train as the last one, or export without the checkpoint.',
  )
}
