import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { must } from '@graft/errors'
import { type GraphDocument, metricsDetailSchema, serializeDocument } from '@graft/graph-schema'
import type { MetricsValue } from '@graft/graph-schema'
import { readSafetensors, type Tensors } from '@graft/network'
import { findHome, openBlobStore } from '@graft/runner'
import { eventsOf, type GraftRun, outputOf, type Workplace } from '../../acceptance/run-graft.js'
import { runBeside, runPython } from '../program/python.js'
import { writeFiles } from '../program/write-files.js'

/** Steps whose losses are compared, of every phase. */
export const comparedSteps = 30

export interface Parity {
  /** Compared steps. */
  readonly steps: number
  /** Largest relative difference of their losses, between the program and the onnx engine. */
  readonly loss: number
  /** Of either from the program in double precision, where that was asked for: what rounding comes to. */
  readonly exact: { readonly program: number; readonly onnx: number } | null
  /** Images that were evaluated, those with another answer, and the largest difference of an answer's probability. */
  readonly evaluated: number
  readonly otherAnswers: number
  readonly probability: number
  /** Tensors that the graph freezes all through, and those of them that the program changed. */
  readonly frozen: number
  readonly moved: number
}

/** Losses of steps, by phase. */
type Losses = readonly (readonly number[])[]

/** Relative difference of losses from which rounding has to be looked at. */
const suspicious = 1e-3

/**
 * Runs a graph with the onnx engine and as a program, in the workplace, and says how far they are apart.
 * @param exact when the program runs in double precision as well: where the losses are suspiciously far apart, or not at all
 */
export async function compareProgram(
  workplace: Workplace,
  name: string,
  document: GraphDocument,
  { exact = 'never' }: { readonly exact?: 'where apart' | 'never' } = {},
): Promise<Parity> {
  const folder = join(workplace.directory, `program-${name}`)
  mkdirSync(folder, { recursive: true })
  const graph = join(workplace.directory, `${name}.graft.json`)
  writeFileSync(graph, serializeDocument(document))
  const run = await workplace.run(graph, '--engine', 'onnx', '--device', 'cpu')
  if (run.code !== 0) throw new Error(`The run of ${name} failed: ${run.stderr}`)
  await writeFiles(document, workplace.directory, folder)
  runPython(folder, ['train.py', '--device', 'cpu'])
  const [onnx, program] = [lossesOf(run), lossesIn(join(folder, 'runs'))]
  const apart = farthest(onnx, program)
  const doubles = exact === 'where apart' && !(apart.loss < suspicious) ? lossesInDouble(folder) : null
  return {
    ...apart,
    exact: doubles && { program: farthest(doubles, program).loss, onnx: farthest(doubles, onnx).loss },
    ...answers(folder, await evaluationOf(run)),
    ...frozenIn(folder),
  }
}

/** Of a run, the losses of every Train's steps. */
function lossesOf(run: GraftRun): Losses {
  const steps = eventsOf(run, 'metric').filter(({ name }) => name === 'stepLoss')
  return byPhase(steps.map(({ node, value }) => ({ phase: node, loss: value })))
}

/** Of a program, likewise. */
function lossesIn(runs: string): Losses {
  const events = readFileSync(join(runs, 'metrics.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { readonly event: string; readonly phase: string; readonly loss: number })
  return byPhase(events.filter(({ event }) => event === 'step'))
}

/** Of the program in double precision. */
function lossesInDouble(folder: string): Losses {
  runPython(folder, ['train.py', '--device', 'cpu', '--precision', 'float64', '--out', 'exact'])
  return lossesIn(join(folder, 'exact'))
}

function byPhase(steps: readonly { readonly phase: string; readonly loss: number }[]): Losses {
  const phases = [...new Set(steps.map(({ phase }) => phase))]
  return phases.map((phase) => steps.filter((step) => step.phase === phase).map(({ loss }) => loss))
}

function farthest(from: Losses, to: Losses): { readonly steps: number; readonly loss: number } {
  if (from.length !== to.length)
    throw new Error(`${from.length} phases took steps on one side, ${to.length} on the other.`)
  const apart = from.flatMap((losses, phase) => {
    const others = must(to[phase], 'a phase')
    if (losses.length !== others.length)
      throw new Error(`${losses.length} steps on one side, ${others.length} on the other.`)
    return losses.slice(0, comparedSteps).map((loss, at) => Math.abs(loss / (others[at] ?? Number.NaN) - 1))
  })
  return { steps: apart.length, loss: largest(apart) }
}

/** NaN is the largest of all. */
const largest = (values: readonly number[]): number => values.reduce((most, value) => (value <= most ? most : value), 0)

interface Answer {
  readonly answer: string
  readonly probability: number
}

async function evaluationOf(run: GraftRun): Promise<readonly Answer[]> {
  const { detail } = outputOf(run, 'evaluate', 'metrics') as MetricsValue
  const store = openBlobStore(findHome().store)
  const bytes = await store.get(must(detail, 'a detail').sha256)
  const told = metricsDetailSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
  const named = (told: { readonly classNames: readonly string[] }, chosen: readonly number[]): string =>
    chosen.map((index) => must(told.classNames[index], 'a class')).join('|')
  if (told.kind === 'single-label-evaluation')
    return told.predictions.map(({ prediction, probability }) => ({
      answer: named(told, [prediction]),
      probability: Number(probability),
    }))
  if (told.kind === 'multi-label-evaluation')
    return told.predictions.map(({ prediction, probabilities }) => ({
      answer: named(told, prediction),
      probability: Math.max(...probabilities.map(Number)),
    }))
  throw new Error(`${told.kind} has no answers to compare.`)
}

/** What `evaluate.py` answers for the same images, in the same order. */
function answers(
  folder: string,
  expected: readonly Answer[],
): Pick<Parity, 'evaluated' | 'otherAnswers' | 'probability'> {
  const { name } = JSON.parse(runPython(folder, ['evaluate.py'])) as { readonly name: string }
  const rows = readFileSync(join(folder, `runs/${name}.csv`), 'utf8')
    .trim()
    .split(/\r?\n/)
    .slice(1)
  const given = rows.map((row) => {
    const [, answer = '', ...probabilities] = row.split(',')
    return { answer, probability: Math.max(...probabilities.map(Number)) }
  })
  if (given.length !== expected.length) throw new Error(`${given.length} images, not ${expected.length}`)
  const apart = expected.map(({ probability }, at) => Math.abs(probability - (given[at]?.probability ?? Number.NaN)))
  return {
    evaluated: expected.length,
    otherAnswers: expected.filter(({ answer }, at) => given[at]?.answer !== answer).length,
    probability: largest(apart),
  }
}

const script = fileURLToPath(new URL('../../../src/exports/parity/stays_frozen.py', import.meta.url))

/** What is frozen in every phase, bit for bit. */
function frozenIn(folder: string): Pick<Parity, 'frozen' | 'moved'> {
  const names = JSON.parse(runBeside(folder, script)) as readonly string[]
  const tensorsOf = (file: string) => readSafetensors(readFileSync(join(folder, file))).tensors
  const [before, after] = [tensorsOf('weights.safetensors'), tensorsOf('runs/trained.safetensors')]
  const bytes = (tensors: Tensors, name: string): Buffer => {
    const { buffer, byteOffset, byteLength } = must(tensors.get(name), `the values of ${name}`).data
    return Buffer.from(buffer, byteOffset, byteLength)
  }
  const moved = names.filter((name) => !bytes(before, name).equals(bytes(after, name)))
  return { frozen: names.length, moved: moved.length }
}
