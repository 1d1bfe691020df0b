import { anyRun, type FitCheckpoint, type MetricPoint, stepsBefore, taskOf } from '@graft/engines'
import { must } from '@graft/errors'
import { type SafetensorsContents, type Tensors, writeSafetensors } from '@graft/network'
import { NodeError } from '../../sdk/node-error.js'
import type { Described } from '../network/torch-network.js'
import type { ProgramPhase, ProgramSource } from '../plan/program-plan.js'
import { beginsWith, learnedNames, parameterOf, refuseOtherOptimizer } from './optimizer-slots.js'
import { phaseAt } from './phase-at.js'
import { programFacts, type ProgramFacts } from './program-facts.js'
import { refuseOtherShapes } from './refuse-other-shapes.js'
import { hasWeightsOf, learnedIn, scalerOf, slotsByName, tensorsOf } from './program-tensors.js'

/** A Train of the graph, with the state that it goes on from. */
export interface TakenUp {
  readonly node: string
  readonly checkpoint: FitCheckpoint
}

/**
 * The checkpoint that a program of this graph has written (`runs/checkpoint.safetensors`), for the Train whose phase it
 * is in. Throws NodeError where it isn't one, is of another graph, or was written with another optimizer.
 */
export function readProgramCheckpoint(source: ProgramSource, { tensors, metadata }: SafetensorsContents): TakenUp {
  const told = programFacts.safeParse(jsonIn(metadata['checkpoint'] ?? ''))
  const whole = source.plan.phases[told.data?.phase ?? -1]
  if (!told.success || whole === undefined)
    throw new NodeError(
      null,
      'The file is no checkpoint of a program that this graph was exported as.',
      'Give runs/checkpoint.safetensors of the folder that "graft export-program" wrote.',
    )
  const { state, optimizer } = told.data
  const phase = phaseAt(whole, state)
  refuseOtherOptimizer(phase, optimizer)
  const learned = learnedIn(source, source.torch, phase, tensors, told.data)
  refuseOtherShapes(source.network, learned)
  return {
    node: phase.node,
    checkpoint: {
      ...learned,
      fingerprint: anyRun,
      ...(optimizer !== undefined && { optimizer: optimizer.toLowerCase() }),
      epoch: state.epoch,
      position: state.position,
      sums: { loss: state.loss, hits: state.hits, seen: state.seen },
      monitor: {
        bestEpoch: state.best_epoch,
        bestValue: state.best_value,
        waited: state.waited,
        stopped: state.stopped,
        validation: validationOf(source, phase, told.data),
      },
      curves: watched(phase, told.data),
      seconds: 0,
      images: 0,
    },
  }
}

/** What a text says; undefined where it is no JSON. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether a program's checkpoint calls the weights as this program does. */
export const hasNamesOf = ({ torch }: ProgramSource, { tensors }: SafetensorsContents): boolean =>
  hasWeightsOf(torch, tensors)

/** What a run left: the newest state of one of its trainings, and the nodes that it had begun and not finished. */
export interface LeftByRun {
  readonly checkpoint: FitCheckpoint
  readonly unfinished: readonly string[]
}

/**
 * A checkpoint of a Train of this graph, of whichever run and engine, for a run of this graph to go on from. Throws
 * NodeError where it is of another graph, or was written with another optimizer.
 */
export function takeUp(source: ProgramSource, { checkpoint, unfinished }: LeftByRun): TakenUp {
  const index = phaseOf(source, checkpoint, unfinished)
  const phase = must(source.plan.phases[index], 'a phase')
  refuseOtherOptimizer(phase, checkpoint.optimizer)
  refuseOtherShapes(source.network, checkpoint)
  return { node: phase.node, checkpoint: { ...checkpoint, fingerprint: anyRun } }
}

function validationOf(
  { plan, network, files }: ProgramSource,
  { validation }: ProgramPhase,
  { state: { scores, thresholds } }: ProgramFacts,
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
function watched(phase: ProgramPhase, { step, state: { epoch, values, position } }: ProgramFacts): MetricPoint[] {
  const perEpoch = epoch === 0 ? 0 : (step - position) / epoch
  const [name, split] = watchedCurve(phase)
  return values.map((value, index) => ({
    name,
    split,
    epoch: index + 1,
    step: (index + 1) * perEpoch,
    value,
    x: { name: 'epoch', value: index + 1 },
  }))
}

const watchedCurve = ({ validation, monitor }: ProgramPhase): readonly [name: string, split: 'train' | 'val'] =>
  validation === null ? ['loss', 'train'] : [monitor, 'val']

/**
 * What a run left of a Train of this graph as its program takes it up (`train.py --resume`).
 * @param index the phase that it is in; absent: the one that learns just what its optimizer steps
 * @throws NodeError where no phase of the program does, several may be meant, or its optimizer is another
 */
export function writeProgramCheckpoint(
  source: ProgramSource,
  { checkpoint, unfinished }: LeftByRun,
  index?: number,
): Uint8Array {
  const { torch } = source
  const at = index ?? phaseOf(source, checkpoint, unfinished)
  const phase = phaseAt(must(source.plan.phases[at], 'a phase'), checkpoint)
  refuseOtherOptimizer(phase, checkpoint.optimizer)
  refuseOtherShapes(source.network, checkpoint)
  const { trainer, monitor, sums } = checkpoint
  const [name, split] = watchedCurve(phase)
  const state: ProgramFacts['state'] = {
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
  const facts: ProgramFacts = {
    phase: at,
    optimizer: phase.optimizer.name,
    step: stepsBefore(checkpoint) + checkpoint.position,
    state,
    scaler: scalerOf(trainer),
  }
  // Those of the best epoch hold less than those that are stepped where a stage began to learn since.
  const others = (held: Tensors): Tensors => unlearned(source, torch, at, held)
  return writeSafetensors(tensorsOf(checkpoint, torch, phase, others), { checkpoint: JSON.stringify(facts) })
}

/**
 * Values of the stages before those that learn, of which a checkpoint of Graft has none. Throws NodeError where an
 * earlier phase has learned one: what to isn't known here.
 */
function unlearned({ plan, tensors }: ProgramSource, { names }: Described, phase: number, held: Tensors): Tensors {
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

/** Whether a phase may change the tensor of this name. */
function changes({ frozen, batchStatistics, head }: ProgramPhase, name: string): boolean {
  if (/\.running_(mean|var)$/.test(name)) return beginsWith(name, batchStatistics)
  return head === null ? !beginsWith(name, frozen) : name.startsWith(`${head.layer}.`)
}

/**
 * The phase that learns just what the optimizer keeps something of; of several, that of the Train that the run was in.
 * Throws NodeError where the checkpoint is of another network, no phase learns that, or several may be meant.
 */
function phaseOf({ plan, torch }: ProgramSource, checkpoint: FitCheckpoint, unfinished: readonly string[]): number {
  const { trainer } = checkpoint
  const stepped = new Set(slotsByName(trainer).map(parameterOf))
  const isKnown =
    [...stepped].every((name) => torch.names.has(name)) &&
    [...trainer.weights.keys()].some((one) => torch.names.has(one))
  const fits = plan.phases.flatMap((phase, index) =>
    isKnown && phase.head === null && stepsJust(torch, phaseAt(phase, checkpoint), stepped) ? [index] : [],
  )
  const begun = fits.filter((at) => unfinished.includes(plan.phases[at]?.node ?? ''))
  const [fit, other] = begun.length === 1 ? begun : fits
  if (fit === undefined)
    throw new NodeError(
      null,
      'The checkpoint is of no Train that leads to the network of this program: none learns just what its optimizer has stepped.',
      'Name that Train as the last one, set what learns as it was, or leave the checkpoint out.',
    )
  if (other === undefined) return fit
  throw new NodeError(
    null,
    `The checkpoint may be of each of these phases, which learn the same layers, and the run was in none of them or in several: ${fits.map((at) => `"${plan.phases[at]?.name}"`).join(', ')}.`,
    'Finish the run with the engine that it began with, or leave the checkpoint out.',
  )
}

/** Whether a phase learns all that was stepped and nothing else. Checkpoints may have slots of running statistics. */
function stepsJust(torch: Described, phase: ProgramPhase, stepped: ReadonlySet<string>): boolean {
  const learned = new Set(learnedNames(torch, phase))
  const learnable = learnedNames(torch, { ...phase, frozen: [] })
  return learned.size > 0 && learnable.every((name) => learned.has(name) === stepped.has(name))
}
