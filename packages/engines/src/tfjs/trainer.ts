import type { Tensor, Variable } from '@tensorflow/tfjs-core'
import type { Network, TensorFlow, Tensors } from '@graft/network'
import type { Batch, StepResult, Trainer, TrainerSpec, TrainerState } from '../engine.js'
import { EngineError } from '../engine.js'
import { checkTargets } from '../engine-support/check-targets.js'
import type { StartedTensorFlow } from './backends.js'
import { createInterpreter, disposeDerived, mixSeed } from './interpret.js'
import type { DerivedCache, Interpreter } from './interpret.js'
import { checkedTensor } from '../engine-support/checked-tensor.js'
import { configureOptimizer } from '../optimizers/index.js'
import type { ConfiguredOptimizer } from '../optimizers/index.js'
import { withinMemory } from './memory-full.js'
import { readBatch, upload } from './tensors.js'
import { sortParameters } from '../engine-support/trained-parameters.js'
import type { TrainedParameters } from '../engine-support/trained-parameters.js'

/**
 * Tensors of one step before the optimizer: all belong to the caller. A type, since `tf.tidy` does not accept
 * interfaces.
 */
type Differentiated = {
  loss: Tensor
  logits: Tensor
  gradients: Record<string, Tensor>
  norm: Tensor
}

/**
 * Training by interpreting the network under `tf.variableGrads`. Everything is deterministic: same weights, batches and
 * seed give the same bits. All tensors it owns are gone after `dispose`.
 */
export class TfjsTrainer implements Trainer {
  private readonly tf: TensorFlow
  private readonly interpreter: Interpreter
  private readonly optimizer: ConfiguredOptimizer
  private readonly sorted: TrainedParameters
  private readonly variables = new Map<string, Variable>()
  private readonly constants = new Map<string, Tensor>()
  private readonly slots = new Map<string, Tensor>()
  private readonly derived: DerivedCache = new Map()
  private updates = 0
  private classes: number | null = null
  private disposed = false

  constructor(
    private readonly started: StartedTensorFlow,
    private readonly network: Network,
    private readonly spec: TrainerSpec,
  ) {
    this.tf = started.tf
    started.activate()
    this.sorted = sortParameters(network)
    if (this.sorted.trainable.length === 0) {
      throw new EngineError(
        `Nothing in the network "${network.name}" is trainable.`,
        'Unfreeze a stage or add a head before training.',
      )
    }
    for (const name of Object.keys(network.parameters)) checkedTensor(network, spec.tensors, name)
    this.interpreter = createInterpreter(this.tf, network, [network.output])
    this.optimizer = configureOptimizer(spec.optimizer)
    this.uploadAll(spec.tensors)
    for (const name of this.sorted.trainable)
      for (const slot of this.optimizer.slots) this.slots.set(`${slot}/${name}`, this.tf.zeros([...this.shapeOf(name)]))
  }

  async step(batch: Batch, targets: Batch, learningRate: number, step: number): Promise<StepResult> {
    this.begin()
    this.classes ??= this.countClasses(batch)
    checkTargets(batch, targets, this.spec.loss.targetWidth(this.classes))
    const statistics = new Map<string, Tensor>()
    const { loss, logits, gradients, norm } = withinMemory(batch.shape[0] ?? 1, () =>
      this.differentiate(batch, targets, mixSeed(this.spec.seed, step), statistics),
    )
    this.updates++
    for (const [name, gradient] of Object.entries(gradients)) this.applyGradient(name, gradient, learningRate)
    for (const [name, value] of statistics) this.replaceConstant(name, value)
    const result = {
      loss: await readNumber(loss),
      logits: await readBatch(logits),
      gradientNorm: await readNumber(norm),
    }
    for (const tensor of [loss, logits, norm, ...Object.values(gradients)]) tensor.dispose()
    return result
  }

  async evaluate(batch: Batch): Promise<Batch> {
    this.begin()
    const logits = withinMemory(batch.shape[0] ?? 1, () =>
      this.tf.tidy(() => this.interpret(this.tf.tensor(batch.data, [...batch.shape]), false, 0)),
    )
    const read = await readBatch(logits)
    logits.dispose()
    return read
  }

  async weights(): Promise<Tensors> {
    this.begin()
    const entries = Object.keys(this.network.parameters).map(
      async (name) => [name, await readBatch(this.parameter(name))] as const,
    )
    return new Map(await Promise.all(entries))
  }

  async state(): Promise<TrainerState> {
    this.begin()
    const slots = [...this.slots].map(async ([name, tensor]) => [name, await readBatch(tensor)] as const)
    return { step: this.updates, weights: await this.weights(), slots: new Map(await Promise.all(slots)) }
  }

  restore(state: TrainerState): Promise<void> {
    return Promise.resolve().then(() => this.restoreNow(state))
  }

  dispose(): Promise<void> {
    if (this.disposed) return Promise.resolve()
    this.begin()
    this.disposed = true
    this.releaseParameters()
    for (const slot of this.slots.values()) slot.dispose()
    this.slots.clear()
    return Promise.resolve()
  }

  private begin(): void {
    if (this.disposed) throw new EngineError('This trainer was disposed.', 'Prepare a new one with engine.trainer().')
    this.started.activate()
  }

  private restoreNow(state: TrainerState): void {
    this.begin()
    for (const name of Object.keys(this.network.parameters)) checkedTensor(this.network, state.weights, name)
    for (const key of this.slots.keys()) {
      if (!state.slots.has(key))
        throw new EngineError(
          `The saved state has no optimizer state "${key}". It was written with another optimizer or other frozen layers.`,
          'Resume with the settings it was saved with.',
        )
    }
    this.releaseParameters()
    this.uploadAll(state.weights)
    for (const [key, old] of this.slots) {
      const saved = state.slots.get(key)
      if (!saved) continue
      old.dispose()
      this.slots.set(key, upload(this.tf, saved))
    }
    this.updates = state.step
  }

  private differentiate(batch: Batch, targets: Batch, seed: number, statistics: Map<string, Tensor>): Differentiated {
    const { tf } = this
    return tf.tidy(() => {
      const input = tf.tensor(batch.data, [...batch.shape])
      let logits = input
      const { value: loss, grads } = tf.variableGrads(() => {
        logits = tf.keep(this.interpret(input, true, seed, statistics))
        return this.spec.loss.compute(tf, logits, tf.tensor(targets.data, [...targets.shape]))
      }, [...this.variables.values()])
      const gradients = this.byParameter(grads)
      const norm = globalNorm(tf, Object.values(gradients))
      return {
        loss,
        logits,
        norm,
        gradients: this.spec.clipNorm === undefined ? gradients : clip(tf, gradients, norm, this.spec.clipNorm),
      }
    })
  }

  private interpret(input: Tensor, training: boolean, seed: number, moved?: Map<string, Tensor>): Tensor {
    const values = this.interpreter.run({
      input,
      // Running statistics that layers share move once for each, as they do in PyTorch.
      parameter: (name) => moved?.get(name) ?? this.parameter(name),
      changes: (name) => this.variables.has(name) || this.sorted.running.has(name),
      derived: this.derived,
      training,
      seed,
      ...(moved && {
        onUpdate: (name: string, value: Tensor) => {
          moved.get(name)?.dispose()
          moved.set(name, value)
        },
      }),
    })
    const result = values[this.network.output]
    if (!result)
      throw new EngineError(
        `The network "${this.network.name}" has no layer "${this.network.output}", which it names as its output.`,
        'Run validateNetwork first.',
      )
    return result
  }

  private byParameter(grads: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
    const entries = [...this.variables].flatMap(([name, variable]) => {
      const gradient = grads[variable.name]
      return gradient ? [[name, gradient] as const] : []
    })
    return Object.fromEntries(entries)
  }

  private applyGradient(name: string, gradient: Tensor, learningRate: number): void {
    const variable = this.variables.get(name)
    if (!variable) return
    const slots = Object.fromEntries(
      this.optimizer.slots.flatMap((slot) => {
        const tensor = this.slots.get(`${slot}/${name}`)
        return tensor ? [[slot, tensor] as const] : []
      }),
    )
    const result = this.tf.tidy(() => ({
      ...this.optimizer.update({
        tf: this.tf,
        parameter: variable,
        gradient,
        slots,
        learningRate: learningRate * (this.spec.learningRateScale?.[name] ?? 1),
        weightDecay: this.sorted.decaying.has(name) ? this.spec.optimizer.weightDecay : 0,
        update: this.updates,
      }),
    }))
    variable.assign(result.parameter)
    result.parameter.dispose()
    for (const [slot, tensor] of Object.entries(result.slots)) {
      const old = slots[slot]
      if (old !== tensor) old?.dispose()
      this.slots.set(`${slot}/${name}`, tensor)
    }
  }

  private parameter(name: string): Tensor {
    const tensor = this.variables.get(name) ?? this.constants.get(name)
    if (!tensor)
      throw new EngineError(
        `A layer names the parameter "${name}", which the network does not list in its parameters.`,
        'Run validateNetwork first.',
      )
    return tensor
  }

  private replaceConstant(name: string, value: Tensor): void {
    this.constants.get(name)?.dispose()
    this.constants.set(name, value)
  }

  private shapeOf(name: string): readonly number[] {
    return this.network.parameters[name]?.shape ?? []
  }

  private uploadAll(tensors: Tensors): void {
    const trainable = new Set(this.sorted.trainable)
    for (const name of Object.keys(this.network.parameters)) {
      const tensor = upload(this.tf, checkedTensor(this.network, tensors, name))
      if (!trainable.has(name)) {
        this.constants.set(name, tensor)
        continue
      }
      this.variables.set(name, this.tf.variable(tensor, true))
      tensor.dispose()
    }
  }

  private releaseParameters(): void {
    disposeDerived(this.derived)
    for (const tensor of [...this.variables.values(), ...this.constants.values()]) tensor.dispose()
    this.variables.clear()
    this.constants.clear()
  }

  private countClasses({ shape, data }: Batch): number {
    const { tf } = this
    const row = shape.slice(1).reduce((product, size) => product * size, 1)
    const logits = tf.tidy(() => this.interpret(tf.tensor(data.slice(0, row), [1, ...shape.slice(1)]), false, 0).shape)
    const [, classes] = logits
    if (logits.length === 2 && classes !== undefined) return classes
    throw new EngineError(
      `The network's output has shape [${logits.join(', ')}], but the loss needs [batch, classes].`,
      'Add a head that ends in one number per class.',
    )
  }
}

/** Square root of the summed squares of all gradients; summed innermost axis first, to keep float32 sums short. */
function globalNorm(tf: TensorFlow, gradients: readonly Tensor[]): Tensor {
  const squares = gradients.map((gradient) => {
    const squared = tf.square(gradient)
    return gradient.rank > 1 ? tf.sum(tf.sum(squared, -1)) : tf.sum(squared)
  })
  return tf.sqrt(tf.addN(squares))
}

/** Scales the gradients so that their global norm is at most `limit`, as `torch.nn.utils.clip_grad_norm_` does. */
function clip(tf: TensorFlow, gradients: Record<string, Tensor>, norm: Tensor, limit: number): Record<string, Tensor> {
  const scale = tf.minimum(tf.div(limit, tf.add(norm, 1e-6)), 1)
  return Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, scale)]))
}

async function readNumber(tensor: Tensor): Promise<number> {
  const [value] = await tensor.data<'float32'>()
  return value ?? Number.NaN
}
