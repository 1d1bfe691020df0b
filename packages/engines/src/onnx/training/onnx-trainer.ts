import { createRandom, deriveSeed, inferShapes } from '@graft/network'
import type { Network, TensorData, Tensors } from '@graft/network'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import type { Batch, Forward, StepResult, Trainer, TrainerSpec, TrainerState } from '../../engine.js'
import { EngineError } from '../../engine.js'
import { checkTargets } from '../../engine-support/check-targets.js'
import { checkedTensor } from '../../engine-support/checked-tensor.js'
import { sortParameters } from '../../engine-support/trained-parameters.js'
import type { TrainedParameters } from '../../engine-support/trained-parameters.js'
import { joinBatches } from '../batch-parts.js'
import { createOnnxForward } from '../forward.js'
import { runSession } from '../open-session.js'
import type { LoadedRuntime } from '../runtime.js'
import { blockSize } from './block-size.js'
import { nextName, scalarName, stepNames, sumName, writeStep } from './compile-step.js'
import type { StepPart } from './compile-step.js'
import { configureOptimizer } from '../../optimizers/index.js'
import type { ConfiguredOptimizer } from '../../optimizers/index.js'
import { openTrainingSession } from './training-session.js'
import { cutBatch } from './cut-batch.js'
import type { BatchPart } from './cut-batch.js'
import type { UniformInput } from './training-graph.js'

/** A step compiled for one batch size. */
interface CompiledStep {
  readonly session: InferenceSession
  readonly inputs: ReadonlySet<string>
  readonly random: readonly UniformInput[]
}

/** Steps kept compiled: for the full batch and the smaller last one of an epoch, each perhaps in parts of two sizes. */
const keptSteps = 6

/**
 * Training with the whole step as one ONNX graph (or one per part of a batch that is too large): compiled once per
 * size, weights and optimizer state handed from step to step. Deterministic on one machine with one number of threads.
 * Evaluation uses the fast constant-weight form, prepared again after updates.
 */
export class OnnxTrainer implements Trainer {
  private readonly sorted: TrainedParameters
  private readonly optimizer: ConfiguredOptimizer
  private readonly classes: number
  private readonly frozen: Tensors
  /** Changing parameters, and slots as `slot/parameter`. */
  private readonly values = new Map<string, TensorData>()
  /** Memory of values that were replaced, by name. */
  private readonly spare = new Map<string, TensorData>()
  private readonly steps = new Map<string, CompiledStep>()
  private forward: Forward | null = null
  private updates = 0
  private disposed = false

  constructor(
    private readonly loaded: LoadedRuntime,
    private readonly network: Network,
    private readonly spec: TrainerSpec,
  ) {
    this.sorted = sortParameters(network)
    if (this.sorted.trainable.length === 0) {
      throw new EngineError(
        `Nothing in the network "${network.name}" is trainable.`,
        'Unfreeze a stage or add a head before training.',
      )
    }
    this.optimizer = configureOptimizer(spec.optimizer)
    this.classes = inferShapes(network).get(network.output)?.at(-1) ?? 0
    this.frozen = new Map(
      Object.keys(network.parameters)
        .filter((name) => !this.changes(name))
        .map((name) => [name, copyOf(checkedTensor(network, spec.tensors, name))]),
    )
    this.load(spec.tensors)
    for (const name of this.sorted.trainable)
      for (const slot of this.optimizer.slots)
        this.values.set(`${slot}/${name}`, zeros(network.parameters[name]?.shape ?? []))
  }

  async step(batch: Batch, targets: Batch, learningRate: number, step: number): Promise<StepResult> {
    this.begin()
    checkTargets(batch, targets, this.spec.loss.targetWidth(this.classes))
    const parts = cutBatch(batch, targets.data, this.spec.largestPart ?? Number.POSITIVE_INFINITY)
    const done: StepResult[] = []
    for (const part of parts) done.push(await this.run(part, learningRate, step))
    this.updates++
    await this.dropForward()
    return {
      loss: done.reduce((sum, { loss }) => sum + loss, 0),
      logits: joinBatches(done.map(({ logits }) => logits)),
      gradientNorm: done.at(-1)?.gradientNorm ?? Number.NaN,
    }
  }

  async prepare(images: number): Promise<void> {
    this.begin()
    const [part] = cutBatch(
      { shape: [images], data: new Float32Array(images) },
      new Float32Array(images),
      this.spec.largestPart ?? images,
    )
    if (!part) return
    const count = part.batch.shape[0] ?? 0
    const compiled = await this.compiled(count, part.kind)
    // A GPU shows only at the first step whether its memory and its driver are up to it.
    if (this.loaded.device !== 'cpu')
      await this.compute(
        compiled,
        {
          ...part,
          batch: zeros([count, ...this.network.input.shape]),
          targets: zeros([count, this.spec.loss.targetWidth(this.classes)]),
        },
        0,
        0,
      )
  }

  /** Computes a batch or a part of one; new values take the place of the old ones. */
  private async run(part: BatchPart, learningRate: number, step: number): Promise<StepResult> {
    const compiled = await this.compiled(part.batch.shape[0] ?? 0, part.kind)
    const results = await this.compute(compiled, part, learningRate, step)
    for (const [name, tensor] of Object.entries(results))
      if (name.startsWith(nextName(''))) this.renew(name.slice(nextName('').length), valueOf(tensor))
    if (part.kind === 'last') for (const name of this.sorted.trainable) this.values.delete(sumName(name))
    return {
      loss: numberOf(results[stepNames.loss]),
      logits: valueOf(results[stepNames.logits]),
      gradientNorm: part.kind === 'part' ? Number.NaN : numberOf(results[stepNames.norm]),
    }
  }

  private compute(
    compiled: CompiledStep,
    part: BatchPart,
    learningRate: number,
    step: number,
  ): Promise<InferenceSession.ReturnType> {
    return runSession(
      compiled.session,
      this.loaded.device,
      `The training step of "${this.network.name}"`,
      this.feeds(compiled, part, learningRate, step),
      this.fetches(compiled),
    )
  }

  async evaluate(batch: Batch): Promise<Batch> {
    this.begin()
    this.forward ??= await createOnnxForward(this.network, { tensors: this.current() }, this.loaded.device)
    const logits = (await this.forward.run(batch))[this.network.output]
    if (!logits)
      throw new EngineError(
        `The network "${this.network.name}" gave no value for its output "${this.network.output}".`,
        'This is a fault in Graft: please report it.',
      )
    return logits
  }

  weights(): Promise<Tensors> {
    this.begin()
    return Promise.resolve(new Map([...this.current()].map(([name, tensor]) => [name, copyOf(tensor)])))
  }

  async state(): Promise<TrainerState> {
    const slots = this.slotNames().map((name) => [name, copyOf(this.values.get(name) ?? zeros([]))] as const)
    return { step: this.updates, weights: await this.weights(), slots: new Map(slots) }
  }

  async restore(state: TrainerState): Promise<void> {
    this.begin()
    for (const name of Object.keys(this.network.parameters)) checkedTensor(this.network, state.weights, name)
    const missing = this.slotNames().find((name) => !state.slots.has(name))
    if (missing !== undefined)
      throw new EngineError(
        `The saved state has no optimizer state "${missing}". It was written with another optimizer or other frozen layers.`,
        'Resume with the settings it was saved with.',
      )
    const frozenDiffers = [...this.frozen].some(([name, tensor]) => !sameValues(tensor, state.weights.get(name)))
    for (const name of this.frozen.keys())
      this.frozen.set(name, copyOf(checkedTensor(this.network, state.weights, name)))
    this.load(state.weights)
    for (const name of this.slotNames()) this.values.set(name, copyOf(state.slots.get(name) ?? zeros([])))
    this.updates = state.step
    await this.dropForward()
    if (frozenDiffers) await this.dropSteps()
  }

  async dispose(): Promise<void> {
    if (this.disposed) return
    this.disposed = true
    await this.dropForward()
    await this.dropSteps()
    this.values.clear()
    this.spare.clear()
  }

  private begin(): void {
    if (this.disposed) throw new EngineError('This trainer was disposed.', 'Prepare a new one with engine.trainer().')
  }

  private changes(name: string): boolean {
    return this.sorted.running.has(name) || this.sorted.trainable.includes(name)
  }

  private slotNames(): string[] {
    return this.sorted.trainable.flatMap((name) => this.optimizer.slots.map((slot) => `${slot}/${name}`))
  }

  private current(): Tensors {
    return new Map(
      Object.keys(this.network.parameters).map((name) => [
        name,
        this.values.get(name) ?? checkedTensor(this.network, this.frozen, name),
      ]),
    )
  }

  private load(tensors: Tensors): void {
    for (const name of Object.keys(this.network.parameters))
      if (this.changes(name)) this.values.set(name, copyOf(checkedTensor(this.network, tensors, name)))
  }

  private async compiled(batch: number, part: StepPart): Promise<CompiledStep> {
    const key = `${batch} ${part}`
    const known = this.steps.get(key)
    if (known) return known
    const { network, spec, sorted, optimizer, frozen } = this
    const { graph } = writeStep({
      network,
      spec,
      sorted,
      optimizer,
      frozen,
      batch,
      part,
      blockSize: await blockSize(this.loaded),
    })
    const compiled = {
      session: await openTrainingSession(this.loaded, graph, network),
      inputs: graph.neededInputs(),
      random: graph.randomInputs(),
    }
    for (const [size, old] of this.steps) {
      if (this.steps.size < keptSteps) break
      this.steps.delete(size)
      await old.session.release()
    }
    this.steps.set(key, compiled)
    return compiled
  }

  private feeds(
    { inputs, random }: CompiledStep,
    { batch, targets, index }: BatchPart,
    learningRate: number,
    step: number,
  ): Record<string, Tensor> {
    const { Tensor } = this.loaded.runtime
    const stream = index === 0 ? `${step}` : `${step}.${index}`
    const sums = this.sorted.trainable.filter((name) => inputs.has(sumName(name)) && !this.values.has(sumName(name)))
    const fed: [string, TensorData][] = [
      [this.network.input.name, batch],
      [stepNames.targets, targets],
      [stepNames.learningRate, scalarOf(learningRate)],
      ...Object.entries(this.optimizer.scalars(this.updates + 1)).map(([name, value]): [string, TensorData] => [
        scalarName(name),
        scalarOf(value),
      ]),
      ...random.map(({ name, label, shape }): [string, TensorData] => [
        name,
        uniformValues(shape, deriveSeed(this.spec.seed, `${stream} ${label}`)),
      ]),
      ...sums.map((name): [string, TensorData] => [sumName(name), zeros(this.network.parameters[name]?.shape ?? [])]),
      ...this.values,
    ]
    return Object.fromEntries(
      fed
        .filter(([name]) => inputs.has(name))
        .map(([name, { shape, data }]) => [name, new Tensor('float32', data, [...shape])]),
    )
  }

  /**
   * Values of the step before make room for the new ones: without, every step would ask the system for all its memory
   * again.
   */
  private fetches({ session }: CompiledStep): Record<string, Tensor | null> {
    const { Tensor } = this.loaded.runtime
    return Object.fromEntries(
      session.outputNames.map((name) => {
        const spare = name.startsWith(nextName('')) ? this.spare.get(name.slice(nextName('').length)) : undefined
        return [name, spare ? new Tensor('float32', spare.data, [...spare.shape]) : null]
      }),
    )
  }

  private renew(name: string, value: TensorData): void {
    const old = this.values.get(name)
    if (old) this.spare.set(name, old)
    this.values.set(name, value)
  }

  private async dropForward(): Promise<void> {
    const closing = this.forward
    this.forward = null
    await closing?.dispose()
  }

  private async dropSteps(): Promise<void> {
    const closing = [...this.steps.values()]
    this.steps.clear()
    for (const { session } of closing) await session.release()
  }
}

function valueOf(tensor: Tensor | undefined): TensorData {
  if (!tensor || !(tensor.data instanceof Float32Array))
    throw new EngineError(
      'onnxruntime gave no float32 value for an output of the training step.',
      'This is a fault in Graft: please report it.',
    )
  return { shape: [...tensor.dims], data: tensor.data }
}

const numberOf = (tensor: Tensor | undefined): number => valueOf(tensor).data[0] ?? Number.NaN
const scalarOf = (value: number): TensorData => ({ shape: [], data: Float32Array.of(value) })
const copyOf = ({ shape, data }: TensorData): TensorData => ({ shape, data: data.slice() })
const zeros = (shape: readonly number[]): TensorData => ({
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
})

function sameValues({ data }: TensorData, other: TensorData | undefined): boolean {
  return (
    other !== undefined &&
    data.length === other.data.length &&
    data.every((value, index) => value === other.data[index])
  )
}

function uniformValues(shape: readonly number[], seed: number): TensorData {
  const random = createRandom(seed)
  const { data } = zeros(shape)
  return { shape, data: data.map(() => random()) }
}
