import type { Network, Tensors } from '@graft/network'
import { countMacs, countParameters, inferShapes } from '@graft/network'
import type { Batch, Engine, EngineSpeed, TrainerSpec } from '../engine.js'
import { singleLabel } from '../tasks/index.js'
import { convolutionProblem, filled, productProblem, smallestProblem } from './measured-networks.js'
import type { MeasuredProblem } from './measured-networks.js'

export interface MeasureOptions {
  readonly threads?: number
  /** Time spent on each figure, once it is clear that the engine is fast enough to repeat it. */
  readonly milliseconds?: number
  /** Told every figure as soon as it is known. */
  readonly onFigure?: (name: keyof EngineSpeed, value: number) => void
}

/** Whether the figures so far tell all that is wanted. */
export type Enough = (figures: Partial<EngineSpeed>) => boolean

/** Floating point operations per multiplication and addition, forward and (two gradients more) in a training step. */
export const operationsPerMac = { forward: 2, training: 6 } as const

/**
 * Measures any engine through its public forward passes and training steps, with copies in and out included. Takes a
 * second or two; training figures are left out for an engine that doesn't train. Throws EngineError when the engine
 * can't run.
 */
export async function measureEngine(engine: Engine, options: MeasureOptions = {}): Promise<EngineSpeed> {
  const { trains } = await engine.probe()
  const tell = (name: keyof EngineSpeed, value: number): number => {
    options.onFigure?.(name, value)
    return value
  }
  const forward = async (problem: MeasuredProblem): Promise<number> =>
    gigaflops(problem, 'forward', await forwardTime(engine, problem, options))
  const run = {
    convolution: tell('convolution', await forward(convolutionProblem(64, 1, 'forward'))),
    depthwise: tell('depthwise', await forward(convolutionProblem(128, 128, 'forward'))),
    matrixProduct: tell('matrixProduct', await forward(productProblem(1024, 'forward', 256))),
    callMilliseconds: tell(
      'callMilliseconds',
      (await forwardTime(engine, smallestProblem('forward'), options)).milliseconds,
    ),
  }
  if (!trains) return run
  const training = async (problem: MeasuredProblem): Promise<number> =>
    gigaflops(problem, 'training', await trainingTime(engine, problem, options))
  return {
    ...run,
    trainedConvolution: tell('trainedConvolution', await training(convolutionProblem(64, 1, 'trained'))),
    trainedDepthwise: tell('trainedDepthwise', await training(convolutionProblem(128, 128, 'trained'))),
    trainedMatrixProduct: tell('trainedMatrixProduct', await training(productProblem(256, 'trained', 1024))),
    trainedParameters: tell(
      'trainedParameters',
      updated(
        productProblem(1024, 'trained', 1),
        await trainingTime(engine, productProblem(1024, 'trained', 1), options),
      ),
    ),
    stepMilliseconds: tell(
      'stepMilliseconds',
      (await trainingTime(engine, smallestProblem('trained'), options)).milliseconds,
    ),
  }
}

interface Timed {
  readonly images: number
  readonly milliseconds: number
}

function gigaflops(
  { network }: MeasuredProblem,
  kind: keyof typeof operationsPerMac,
  { images, milliseconds }: Timed,
): number {
  const macs = [...countMacs(network).values()].reduce((total, count) => total + count, 0)
  return (operationsPerMac[kind] * macs * images) / milliseconds / 1e6
}

/** Millions of parameters per second. */
const updated = ({ network }: MeasuredProblem, { milliseconds }: Timed): number =>
  countParameters(network).trainable / milliseconds / 1e3

async function forwardTime(engine: Engine, problem: MeasuredProblem, options: MeasureOptions): Promise<Timed> {
  const { network, tensors } = problem
  const forward = await engine.forward(network, {
    tensors,
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  })
  try {
    return await bestTime(problem, options, (batch) => forward.run(batch))
  } finally {
    await forward.dispose()
  }
}

async function trainingTime(engine: Engine, problem: MeasuredProblem, options: MeasureOptions): Promise<Timed> {
  const { network, tensors } = problem
  const trainer = await engine.trainer(network, specOf(tensors))
  const outputs = inferShapes(network).get(network.output)?.[1] ?? 0
  let step = 0
  try {
    return await bestTime(problem, options, (batch) =>
      trainer.step(batch, firstClass(batch.shape[0] ?? 0, outputs), 1e-4, step++),
    )
  } finally {
    await trainer.dispose()
  }
}

const firstClass = (images: number, outputs: number): Batch =>
  singleLabel.targets(new Array<number>(images).fill(0), outputs, { labelSmoothing: 0 })

const specOf = (tensors: Tensors): TrainerSpec => ({
  tensors,
  seed: 0,
  loss: singleLabel.loss,
  optimizer: { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 },
})

/** Runs that are timed at least; one among them will not have been disturbed. */
const fewestRuns = 3

/**
 * The fastest of repeated runs: of a whole batch, or of one image where already that is slow. The first run of a
 * batch size compiles, so it doesn't count.
 */
async function bestTime(
  { network, batchSize, divisible }: MeasuredProblem,
  { milliseconds: limit = 300 }: MeasureOptions,
  run: (batch: Batch) => Promise<unknown>,
): Promise<Timed> {
  const timed = async (batch: Batch): Promise<number> => {
    const before = performance.now()
    await run(batch)
    return performance.now() - before
  }
  const fastest = async (images: number, milliseconds: number): Promise<Timed> => {
    const batch = batchOf(network, images)
    await run(batch)
    const start = performance.now()
    let best = Number.POSITIVE_INFINITY
    for (let runs = 0; runs < fewestRuns || performance.now() - start < milliseconds; runs++)
      best = Math.min(best, await timed(batch))
    return { images, milliseconds: best }
  }
  const alone = divisible ? await fastest(1, 0) : null
  return alone !== null && alone.milliseconds > limit / 2 ? alone : fastest(batchSize, limit)
}

function batchOf({ input }: Network, images: number): Batch {
  const shape = [images, ...input.shape]
  return { shape, data: filled(shape, 16) }
}
