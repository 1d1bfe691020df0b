import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  aidsOf,
  createFeatureCache,
  DivergenceError,
  type Engine,
  EngineError,
  type FitCheckpoint,
  type FitJob,
  type FitResult,
  type OpenedFit,
  tellJoined,
  throwIfAborted,
} from '@graft/engines'
import { readSafetensors, type Tensors } from '@graft/network'
import { writeProgramCheckpoint } from '../../program/checkpoint/program-checkpoint.js'
import { fromStateDict, torchNetwork } from '../../program/network/torch-network.js'
import { type GroupEnd, type ProcessGroup, startGroup } from '../python/process-group.js'
import { type TorchOptions, worldSize } from '../torch-options.js'
import { readDriveCheckpoint } from './checkpoint-file.js'
import { courseText } from './course-text.js'
import { FitCourse } from './course.js'
import { driveEvent, type DriveEvent } from './events.js'
import { fallOf } from './fall.js'
import { fixedStages } from './fixed-stages.js'
import { type FitProgram, planFit, writeFolder } from './program-folder.js'

/** What a training of the torch engine needs beside its job. */
export interface TorchFitContext {
  readonly engine: Engine
  readonly python: string
  /** Threads of all processes of this machine together. */
  readonly threads: number
  readonly options: TorchOptions
  /** Further words for drive.py. */
  readonly words: readonly string[]
}

/** Memory of a machine for features that are kept. */
const keptBytes = 2e9

type Finished = Extract<DriveEvent, { event: 'finished' }>
type Failed = Extract<DriveEvent, { event: 'failed' }>
type Joined = Extract<DriveEvent, { event: 'joined' }>
type State = Omit<FitCheckpoint, 'fingerprint'>

/** Gets a Train's program ready. Throws EngineError where none can be written. */
export async function openTorchFit(job: FitJob, context: TorchFitContext): Promise<OpenedFit> {
  const program = await planFit(job)
  const folder = await writeFolder(program)
  const fit = new TorchFit(job, context, program, folder)
  return { run: () => fit.run(), dispose: () => rm(folder, { recursive: true, force: true }) }
}

class TorchFit {
  readonly #course: FitCourse
  readonly #start = performance.now()
  /** The newest state that there is to go on from. */
  #last: State | null
  #parts = 1
  /** The processes have come together once. */
  #begun = false
  #finished: Finished | null = null
  #failed: Failed | null = null
  #joined: Joined | null = null

  constructor(
    readonly job: FitJob,
    readonly context: TorchFitContext,
    readonly program: FitProgram,
    readonly folder: string,
  ) {
    this.#course = new FitCourse(job)
    this.#last = job.resume
  }

  async run(): Promise<Omit<FitResult, 'engine'>> {
    const fixed = await fixedStages(this.job, this.program, this.context.engine)
    const features = this.#featureWords(fixed.key, fixed.variation)
    let failures = 0
    let reached = -1
    while (this.#finished === null) {
      const end = await this.#attempt(features)
      if (this.#finished !== null) break
      const again = this.#mayGoOn(end)
      // Falling again where it fell before will not end well.
      failures = this.#course.step > reached ? 1 : failures + 1
      reached = Math.max(reached, this.#course.step)
      if (failures > 3) throw this.#ended(end)
      this.#course.restart(this.#last === null ? null : { ...this.#last, fingerprint: '' })
      const { epoch, position } = this.#course.state
      this.#warn(`${again} Training goes on from epoch ${epoch + 1}, step ${position + 1}.`)
    }
    return this.#result(this.#finished, fixed)
  }

  #featureWords(key: string, variation: string): readonly string[] {
    const { cacheDirectory, settings } = this.job
    if (settings.cacheFeatures === 'off') return ['--keep-features', '0']
    // Every process here holds them.
    const bytes = Math.floor(keptBytes / this.context.options.processes)
    const most = ['--keep-features', String(bytes)]
    if (cacheDirectory === undefined) return most
    return [...most, '--features', join(cacheDirectory, key), '--variation', variation]
  }

  /** Starts the processes and follows them to their end. */
  async #attempt(features: readonly string[]): Promise<GroupEnd> {
    const { job, context, folder } = this
    throwIfAborted(job.signal)
    this.#failed = null
    const from = join(folder, 'resume.safetensors')
    const course = join(folder, 'resume.course')
    if (this.#last !== null) {
      await writeFile(from, this.#checkpointOf(this.#last))
      await writeFile(course, courseText(this.#last))
    }
    const { everySteps = 0 } = job.checkpoint ?? {}
    const words = [
      'drive.py',
      ...['--out', folder, '--checkpoint-steps', String(everySteps), '--parts', String(this.#parts)],
      ...(this.#last === null ? [] : ['--checkpoint', from, '--course', course]),
      ...features,
      ...context.words,
    ]
    // Something may be printed at every start of Python.
    const onLine = async (line: string): Promise<string | null> =>
      line.startsWith('{') ? this.#heed(driveEvent.parse(JSON.parse(line))) : null
    const { python, options, threads } = context
    const { signal } = job
    const group = await startGroup({ python, threads, words, folder, options, onLine, signal })
    return this.#untilEnd(group)
  }

  #checkpointOf(state: State): Uint8Array {
    return writeProgramCheckpoint(this.program.source, { checkpoint: { ...state, fingerprint: '' }, unfinished: [] }, 0)
  }

  async #untilEnd(group: ProcessGroup): Promise<GroupEnd> {
    const { signal } = this.job
    signal?.addEventListener('abort', group.kill)
    try {
      if (signal?.aborted) group.kill()
      const end = await group.ended
      throwIfAborted(signal)
      return end
    } finally {
      signal?.removeEventListener('abort', group.kill)
    }
  }

  async #heed(event: DriveEvent): Promise<string | null> {
    const course = this.#course
    if (event.event === 'started') {
      this.#begun = true
      course.begun(event)
    }
    if (event.event === 'features') course.features(event)
    else if (event.event === 'step') course.stepped(event)
    else if (event.event === 'epoch') course.measured(event, await this.#validationOutputs())
    else if (event.event === 'joined') {
      this.#joined = event
      course.joined(await this.#validationOutputs())
    } else if (event.event === 'checkpoint') {
      course.follow(event.state)
      return JSON.stringify({ save: this.#isDue() })
    } else if (event.event === 'saved') {
      await this.#keep()
      return '{}'
    } else if (event.event === 'finished') this.#finished = event
    else if (event.event === 'failed') this.#failed = event
    return null
  }

  async #validationOutputs(): Promise<Tensors | null> {
    return this.job.validation === undefined ? null : this.#read('validation.safetensors')
  }

  /** As the other engines: between epochs as asked, within them where time has passed; and to go on where a process falls. */
  #isDue(): boolean {
    const { checkpoint } = this.job
    const { position, epoch } = this.#course.state
    const wanted = position > 0 || this.#course.epochsAreOver || epoch % (checkpoint?.everyEpochs ?? 1) === 0
    const kept = checkpoint !== undefined && wanted && (checkpoint.due?.() ?? true)
    return kept || (position === 0 && worldSize(this.context.options) > 1 && !this.#course.epochsAreOver)
  }

  async #keep(): Promise<void> {
    const bytes = await readFile(join(this.folder, 'checkpoint.safetensors'))
    const { source } = this.program
    const state = { ...readDriveCheckpoint(source, bytes, this.#course.state), seconds: this.#seconds() }
    this.#last = state
    await this.job.checkpoint?.save(state)
  }

  /** What happened, where it can go on; throws where it can't. */
  #mayGoOn(end: GroupEnd): string {
    const { options, python } = this.context
    const fall = fallOf(end, worldSize(options) > 1)
    const kind = this.#failed?.kind === 'memory' || this.#failed?.kind === 'diverged' ? this.#failed.kind : fall.kind
    if (kind === 'diverged') throw this.#diverged()
    if (kind === 'memory') return this.#inMoreParts(end)
    if (kind === 'error') throw this.#ended(end)
    if (kind === 'lost' && options.nodes > 1 && !this.#begun) throw this.#alone()
    const who = worldSize(options) > 1 ? `Process ${fall.process?.rank ?? 0} of ${worldSize(options)}` : python
    return kind === 'lost'
      ? `${who} lost the others.`
      : `${who} ended by itself (${fall.process?.signal}); it may have run out of memory.`
  }

  #diverged(): DivergenceError {
    const step = this.#course.step
    const rate = this.job.learningRateAt(step)
    return new DivergenceError(
      { kind: 'diverged', at: 'training', step, rate, loss: NaN, gradientNorm: NaN },
      this.#course.state.epoch,
    )
  }

  /** Twice as many as before. Throws where that would change what is learned, or there are no more images. */
  #inMoreParts(end: GroupEnd): string {
    const { batchSize } = this.job.settings
    if (this.program.phase.batchStatistics.length > 0)
      throw new EngineError(
        `PyTorch had too little memory for a batch of ${batchSize} images. In parts it would not be the same training: batch normalisations that follow the batches would follow the parts.`,
        'Set a smaller batchSize, or keep the stored statistics ("statistics" of Freeze).',
      )
    this.#parts *= 2
    if (this.#parts > batchSize) throw this.#ended(end)
    return `PyTorch had too little memory for a batch, which is computed in ${this.#parts} parts from now on.`
  }

  #alone(): EngineError {
    const { nodes, rendezvous } = this.context.options
    return new EngineError(
      `Not all of the ${nodes} machines of this training came to ${rendezvous}. One whose run has succeeded already does not come.`,
      'Take the result of that one: it is the same. Or start the same "graft run" on all of them, each with its own --node-rank.',
    )
  }

  #ended(end: GroupEnd): EngineError {
    const { nodeRank, processes } = this.context.options
    const { process: cause } = fallOf(end, worldSize(this.context.options) > 1)
    const last = cause?.said.trim().split('\n').filter(Boolean).at(-1) ?? `code ${cause?.code ?? 'unknown'}`
    // Events are of the first process here, which may only have lost the one that fell.
    const told = cause === null || cause.rank === nodeRank * processes ? this.#failed?.message : undefined
    return new EngineError(
      `The training in PyTorch failed: ${told ?? last}`,
      'Choose another engine (--engine onnx), or export the program and run it: "graft export-program".',
    )
  }

  async #result(
    { state, features }: Finished,
    { layers, boundary }: { readonly layers: number; readonly boundary: string | null },
  ): Promise<Omit<FitResult, 'engine'>> {
    const { job, program } = this
    const { monitor, curves, epoch, images } = this.#course.state
    const trained = fromStateDict(torchNetwork(program.source.network), await this.#read('trained.safetensors'))
    const seconds = this.#seconds()
    const joined = this.#joined
    const told = aidsOf(job.settings).map((aid) =>
      aid.join && joined ? tellJoined(joined.epochs, joined.offered) : aid.tell(job.settings),
    )
    for (const message of told) job.emit({ type: 'log', level: 'info', message })
    if (job.cacheDirectory !== undefined) await createFeatureCache(job.cacheDirectory).trim()
    return {
      tensors: unchangedKept(job.tensors, trained),
      curves,
      bestEpoch: state.best_epoch || state.epoch,
      stoppedEarly: state.stopped,
      epochsRun: epoch,
      seconds,
      imagesPerSecond: images / seconds,
      prefix: { layers, boundary, ...features },
      validation: monitor.validation,
      ...(joined && joined.epochs.length > 1 && { joinedEpochs: joined.epochs }),
      ...(told.length > 0 && { aids: told }),
    }
  }

  #seconds(): number {
    return (this.job.resume?.seconds ?? 0) + (performance.now() - this.#start) / 1000
  }

  async #read(name: string): Promise<Tensors> {
    return readSafetensors(await readFile(join(this.folder, name))).tensors
  }

  #warn(message: string): void {
    this.job.emit({ type: 'log', level: 'warning', message })
  }
}

/** What is bit for bit as it was stays the array that it was; what the program doesn't have too. */
function unchangedKept(before: Tensors, after: Tensors): Tensors {
  const bits = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer => Buffer.from(buffer, byteOffset, byteLength)
  return new Map(
    [...before].map(([name, value]) => {
      const trained = after.get(name)
      return [name, trained === undefined || bits(trained.data).equals(bits(value.data)) ? value : trained]
    }),
  )
}
