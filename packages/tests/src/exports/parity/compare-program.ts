import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type GraphDocument, serializeDocument } from '@graft/graph-schema'
import { failureOf, type GraftRun, type Workplace } from '../../acceptance/run-graft.js'
import { runBeside, runPython } from '../program/python.js'
import { writeFiles } from '../program/write-files.js'
import { type Agreement, agreement, type Answer, answersIn, evaluationOf, likeliest, predictionsOf } from './answers.js'
import { frozenIn } from './frozen-tensors.js'
import { copyEvaluatedImages, withPredict } from './predicted-images.js'
import { farthest, type Losses, lossesIn, lossesOf } from './step-losses.js'
import { compareStretches, type Stretches } from './stretches.js'

export interface Parity {
  /** Compared steps, and the largest relative difference of their losses between the program and the onnx engine. */
  readonly steps: number
  readonly loss: number
  /** How far the steps moved these losses: the same from where nothing is learned. Null where that wasn't asked for. */
  readonly lossMoved: number | null
  /** Of `evaluate.py` and Evaluate. */
  readonly evaluation: Agreement
  /** Of `predict.py` and Predict, for the same images without labels. */
  readonly predictions: Agreement
  /** Of either from the program in double precision, where that was asked for: what rounding comes to. */
  readonly exact: { readonly program: Distance; readonly onnx: Distance } | null
  /** The same from states of the program on, where either is asked for and needed: steps and answers by themselves. */
  readonly fromStates: FromStates | null
  /** Tensors that the graph freezes all through, and those of them that the program changed. */
  readonly frozen: number
  readonly moved: number
}

export interface FromStates extends Stretches {
  /** Of the weights that the program ended with, on both sides. */
  readonly evaluation: Agreement
  readonly predictions: Agreement
}

interface Distance extends Omit<Agreement, 'images'> {
  readonly loss: number
}

export interface CompareOptions {
  /** Whether the program runs in double precision as well where it isn't within the limits, and from state to state. */
  readonly exact?: boolean
  /** Whether the program runs with rates of zero as well, to see what the steps did. */
  readonly still?: boolean
}

/** Limits of what counts as the same: relative difference of losses, and difference of probabilities. */
export const limits = { loss: 1e-3, probability: 1e-4 } as const

/** Whether a program and the engine did the same. Not, where a figure is NaN. */
export const isSame = ({
  loss,
  evaluation,
  predictions,
  moved,
}: Omit<Parity, 'exact' | 'fromStates' | 'lossMoved'>): boolean =>
  loss < limits.loss &&
  moved === 0 &&
  [evaluation, predictions].every(({ others, probability }) => others === 0 && probability < limits.probability)

/** Runs a graph with the onnx engine and as a program, in the workplace, and says how far they are apart. */
export async function compareProgram(
  workplace: Workplace,
  name: string,
  document: GraphDocument,
  { exact = false, still = false }: CompareOptions = {},
): Promise<Parity> {
  const folder = join(workplace.directory, `program-${name}`)
  const images = join(workplace.directory, `images-${name}`)
  mkdirSync(folder, { recursive: true })
  await writeFiles(document, workplace.directory, folder)
  copyEvaluatedImages(folder, images)
  const run = await runOnnx(workplace, name, withPredict(document, images))
  runPython(folder, ['train.py', '--device', 'cpu'])
  const answers = likeliest(evaluated(folder, 'runs'))
  const losses = lossesOf(run, document)
  const found = {
    ...farthest(losses, lossesIn(join(folder, 'runs'))),
    evaluation: agreement(await evaluationOf(run), answers),
    predictions: agreement(await predictionsOf(run), predicted(folder, images)),
    ...frozenIn(folder),
  }
  return {
    ...found,
    lossMoved: still ? lossMoved(folder) : null,
    ...(exact && !isSame(found)
      ? {
          exact: distances(folder, losses, await evaluationOf(run), answers),
          fromStates: await fromStates(workplace, folder, withPredict(document, images), losses, images),
        }
      : { exact: null, fromStates: null }),
  }
}

/** From states that are the same on both sides: the steps that follow, and the answers at the end. */
async function fromStates(
  workplace: Workplace,
  folder: string,
  document: GraphDocument,
  own: Losses,
  images: string,
): Promise<FromStates> {
  const { stretches, end } = await compareStretches(workplace, folder, document, own)
  const runs = 'by-states'
  return {
    ...stretches,
    evaluation: agreement(await evaluationOf(end), likeliest(evaluated(folder, runs))),
    predictions: agreement(await predictionsOf(end), predicted(folder, images, runs)),
  }
}

async function runOnnx(workplace: Workplace, name: string, document: GraphDocument): Promise<GraftRun> {
  const graph = join(workplace.directory, `${name}.graft.json`)
  writeFileSync(graph, serializeDocument(document))
  const run = await workplace.run(graph, '--engine', 'onnx', '--device', 'cpu')
  if (run.code !== 0) throw new Error(`The run of ${name} failed: ${failureOf(run)}`)
  return run
}

/** What `evaluate.py` answers with the weights that were trained into `runs`. */
function evaluated(folder: string, runs: string): readonly Answer[] {
  const words = ['evaluate.py', '--device', 'cpu', '--weights', `${runs}/trained.safetensors`, '--out', runs]
  const { name } = JSON.parse(runPython(folder, words)) as { readonly name: string }
  return answersIn(join(folder, runs, `${name}.csv`))
}

/** What `predict.py` answers for the images of a folder, in the order of their names. */
function predicted(folder: string, images: string, runs = 'runs'): readonly Answer[] {
  const weights = ['--weights', `${runs}/trained.safetensors`]
  runPython(folder, ['predict.py', images, '--device', 'cpu', ...weights, '--out', 'predictions.csv'])
  return answersIn(join(folder, 'predictions.csv'))
}

const standStill = fileURLToPath(new URL('../../../src/exports/parity/stand_still.py', import.meta.url))

function lossMoved(folder: string): number {
  runBeside(folder, standStill, '--device', 'cpu', '--out', 'still')
  return farthest(lossesIn(join(folder, 'still')), lossesIn(join(folder, 'runs'))).loss
}

/** Of the program and of the onnx engine from the program in double precision. */
function distances(
  folder: string,
  onnx: Losses,
  evaluation: readonly Answer[],
  own: readonly Answer[],
): Parity['exact'] {
  runPython(folder, ['train.py', '--device', 'cpu', '--precision', 'float64', '--out', 'exact'])
  const losses = lossesIn(join(folder, 'exact'))
  const answers = likeliest(evaluated(folder, 'exact'))
  const distance = (other: Losses, given: readonly Answer[]): Distance => {
    const { others, probability } = agreement(answers, given)
    return { loss: farthest(losses, other).loss, others, probability }
  }
  return {
    program: distance(lossesIn(join(folder, 'runs')), own),
    onnx: distance(onnx, evaluation),
  }
}
