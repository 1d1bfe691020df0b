import {
  aidsOf,
  createProgress,
  epochPoints,
  type FitCheckpoint,
  type FitJob,
  type FitState,
  freshState,
  type MetricPoint,
  nodeHost,
  noSums,
  scoresOf,
  stateOf,
  stepPoints,
  type Stint,
  stintsOf,
  taskOf,
  throwIfAborted,
  validationPoints,
  type ValidationScores,
} from '@graft/engines'
import { must } from '@graft/errors'
import type { Tensors } from '@graft/network'
import { readCourse } from './course-text.js'
import type { DriveEvent, ProgramState } from './events.js'

type Event<Name extends DriveEvent['event']> = Extract<DriveEvent, { event: Name }>

/** What has come of the run so far: follows the program's events, and tells each thing once, however often it is begun. */
export class FitCourse {
  state: FitState
  /** Steps and points of which a person has heard. */
  #told: number
  readonly #toldPoints: Set<string>
  #rate = Number.NaN
  #scores: ValidationScores | null = null
  readonly #job: FitJob
  readonly #stints: readonly Stint[]
  readonly #progress: (done: number, total: number) => void
  readonly #features = createProgress(nodeHost, 'images', 0, (event) => this.#job.emit(event))

  constructor(job: FitJob) {
    const { resume, settings, batches, train, emit, network } = job
    this.#job = job
    this.#stints = stintsOf({ network, settings, aids: aidsOf(settings) })
    this.state = resume ? stateOf(resume) : freshState()
    this.#told = this.step
    this.#toldPoints = new Set(this.state.curves.map(keyOf))
    const images = Math.min(settings.batchSize, train.count / batches.stepsPerEpoch)
    this.#progress = createProgress(nodeHost, 'steps', this.step, emit, images)
  }

  /** Steps taken. */
  get step(): number {
    return this.state.epoch * this.#job.batches.stepsPerEpoch + this.state.position
  }

  get epochsAreOver(): boolean {
    return this.state.epoch === this.#job.settings.epochs || this.state.monitor.stopped
  }

  /** Begins again from what was kept. */
  restart(from: FitCheckpoint | null): void {
    this.state = from ? stateOf(from) : freshState()
  }

  /**
   * Where the processes begin: elsewhere than this machine thought where another one has the newest checkpoint. What came
   * before is told here too, so that each machine ends with the whole result.
   */
  begun({ state, course }: Event<'started'>): void {
    const { epoch, position } = this.state
    if (state.epoch === epoch && state.position === position) return
    const before = course === undefined ? freshState() : stateOf(readCourse(course))
    const { validation } = before.monitor
    this.state = { ...before, curves: [], ...placeOf(state), monitor: { ...monitorOf(state), validation } }
    this.#add(before.curves)
    this.#told = Math.max(this.#told, this.step)
  }

  features({ done, total }: Event<'features'>): void {
    this.#features(done, total)
  }

  stepped({ step, loss, rate }: Event<'step'>): void {
    throwIfAborted(this.#job.signal)
    const { batches, settings } = this.#job
    const { epoch, position } = this.state
    this.#rate = rate
    const totalSteps = settings.epochs * batches.stepsPerEpoch
    this.#add(stepPoints({ epoch, step: step - 1, totalSteps, loss, rate }))
    this.state.images += must(batches.epoch(epoch)[position], 'a batch').length
    this.state.position += 1
    if (step > this.#told) this.#progress(step, totalSteps)
    this.#told = Math.max(this.#told, step)
  }

  /** The steps of an epoch are over, and its validation; `outputs` are those for the validation images. */
  measured({ epoch, train }: Event<'epoch'>, outputs: Tensors | null): void {
    const { batches, network } = this.#job
    const { task } = taskOf(network)
    const closed = { epoch, step: epoch * batches.stepsPerEpoch, task, rate: this.#rate }
    this.#add(epochPoints({ ...closed, loss: train.loss, hitRate: train.right }, this.state.curves))
    this.#scores = this.#scored(outputs)
    if (this.#scores !== null) this.#add(validationPoints(closed, this.#scores))
  }

  /** Epochs were joined: what is kept of the validation is that of their mean. */
  joined(outputs: Tensors | null): void {
    this.state.monitor = { ...this.state.monitor, validation: this.#scored(outputs) }
  }

  #scored(outputs: Tensors | null): ValidationScores | null {
    const { network, validation } = this.#job
    const { task, head } = taskOf(network)
    const values = outputs?.get('outputs')
    if (values === undefined || validation === undefined) return null
    return scoresOf(task, head, { values: values.data, width: values.shape[1] ?? 0 }, validation.labels)
  }

  /** The program's own state between two steps, which decides. */
  follow(state: ProgramState): void {
    const closes = state.epoch > this.state.epoch
    if (closes) {
      // Answers on smaller images than the network is for are not kept.
      const isFull = this.#stints[state.epoch - 1]?.fullSize !== false
      const isKept = isFull && (state.best_epoch === state.epoch || !this.#job.settings.restoreBest)
      const validation = isKept ? this.#scores : this.state.monitor.validation
      this.state.monitor = { ...monitorOf(state), validation }
    }
    Object.assign(this.state, placeOf(state), closes && { sums: noSums })
  }

  /** Told unless they were told before the processes had to begin again. */
  #add(points: readonly MetricPoint[]): void {
    for (const point of points) {
      this.state.curves.push(point)
      if (this.#toldPoints.has(keyOf(point))) continue
      this.#toldPoints.add(keyOf(point))
      this.#job.emit({ type: 'metric', ...point })
    }
  }
}

const keyOf = ({ name, split, step, x }: MetricPoint): string => `${name} ${split} ${x.name} ${step}`

const placeOf = ({
  epoch,
  position,
  loss,
  hits,
  seen,
}: ProgramState): Pick<FitState, 'epoch' | 'position' | 'sums'> => ({
  epoch,
  position,
  sums: { loss, hits: Math.round(hits), seen },
})

const monitorOf = ({ best_epoch: bestEpoch, best_value: bestValue, waited, stopped }: ProgramState) => ({
  bestEpoch,
  bestValue,
  waited,
  stopped,
})
