import { type Engine, EngineError, type Trainer, type TrainerSpec } from '../engine.js'
import { type FitState, freshState, noSums, stateOf } from '../training/session/fit-state.js'
import { throwIfAborted } from '../training/plan/abort.js'
import { range } from '../training/steps/batches.js'
import { observe } from '../training/session/monitor.js'
import { scoresOf, taskOf } from '../training/scores/task-of.js'
import type { FitJob, FittingEngine, OpenedFit } from '../training/take-over.js'
import { optimizerOf } from '../training/settings/index.js'
import type { MetricPoint } from '../training/plan/fit-types.js'
import type { Label } from '../tasks/index.js'

/**
 * An engine that takes over whole trainings and refuses to be stepped, for tests: it runs its own loop over the job
 * with a trainer of `inner`, as a process of another language would with its own.
 */
export function createTakingEngine(inner: Engine): FittingEngine & { readonly jobs: FitJob[] } {
  const jobs: FitJob[] = []
  return {
    ...inner,
    id: 'taking',
    standsIn: false,
    jobs,
    trainer: () =>
      Promise.reject(
        new EngineError('This engine trains as a whole and takes no single steps.', 'Choose another engine.'),
      ),
    openFit: async (job) => {
      jobs.push(job)
      return openedFit(job, await inner.trainer(job.network, specOf(job)))
    },
  }
}

const specOf = ({ tensors, task, settings, learningRateScale }: FitJob): TrainerSpec => ({
  tensors,
  loss: task.loss,
  learningRateScale,
  optimizer: optimizerOf(settings),
  ...(settings.clipNorm > 0 && { clipNorm: settings.clipNorm }),
  seed: settings.seed,
})

function openedFit(job: FitJob, trainer: Trainer): OpenedFit {
  const { settings, batches, checkpoint, resume } = job
  const start = performance.now()
  const state: FitState = resume ? stateOf(resume) : freshState()
  const seconds = (): number => (resume?.seconds ?? 0) + (performance.now() - start) / 1000
  const save = async (): Promise<void> => {
    const { epoch, position, sums, monitor, bestWeights, images } = state
    const kept = { epoch, position, sums, monitor, bestWeights, images, curves: [...state.curves] }
    await checkpoint?.save({ ...kept, trainer: await trainer.state(), seconds: seconds() })
  }
  const isLast = (): boolean => state.epoch === settings.epochs || state.monitor.stopped
  return {
    run: async () => {
      if (resume) await trainer.restore(resume.trainer)
      while (!isLast()) {
        await trainEpoch(job, trainer, state, async () => {
          if (checkpoint?.everySteps && state.position % checkpoint.everySteps === 0) await save()
        })
        await closeEpoch(job, trainer, state)
        if (isLast() || state.epoch % (checkpoint?.everyEpochs ?? 1) === 0) await save()
      }
      return {
        tensors: state.bestWeights ?? (await trainer.weights()),
        curves: state.curves,
        bestEpoch: state.monitor.bestEpoch || state.epoch,
        stoppedEarly: state.monitor.stopped,
        epochsRun: state.epoch,
        seconds: seconds(),
        imagesPerSecond: state.images / seconds(),
        prefix: { layers: 0, boundary: null, cached: 0, computed: 0, bytes: 0 },
        validation: state.monitor.validation,
      }
    },
    dispose: () => trainer.dispose(),
  }

  async function trainEpoch(
    { task, train, classes, targets, emit, signal }: FitJob,
    stepped: Trainer,
    now: FitState,
    afterStep: () => Promise<void>,
  ): Promise<void> {
    const plan = batches.epoch(now.epoch)
    while (now.position < plan.length) {
      throwIfAborted(signal)
      const indices = plan[now.position] ?? []
      const step = now.epoch * batches.stepsPerEpoch + now.position
      const labels = indices.map((index) => train.labels[index] as Label)
      const result = await stepped.step(
        await train.load(indices, job.viewOf(now.epoch)),
        task.targets(labels, classes, targets),
        job.learningRateAt(step),
        step,
      )
      const { loss, hits, seen } = now.sums
      now.sums = {
        loss: loss + result.loss * labels.length,
        hits: hits + task.hits({ values: result.logits.data, width: classes }, labels),
        seen: seen + labels.length,
      }
      now.images += labels.length
      now.position += 1
      emit({
        type: 'progress',
        unit: 'steps',
        done: step + 1,
        total: settings.epochs * batches.stepsPerEpoch,
        etaSeconds: null,
      })
      if (now.position < plan.length) await afterStep()
    }
  }

  async function closeEpoch(
    { task, network, validation, classes, emit }: FitJob,
    trained: Trainer,
    now: FitState,
  ): Promise<void> {
    const epoch = now.epoch + 1
    const point = (name: string, split: 'train' | 'val', value: number): void => {
      const added: MetricPoint = {
        name,
        split,
        epoch,
        step: epoch * batches.stepsPerEpoch,
        value,
        x: { name: 'epoch', value: epoch },
      }
      now.curves.push(added)
      emit({ type: 'metric', ...added })
    }
    point('loss', 'train', now.sums.loss / now.sums.seen)
    point(task.hitRate, 'train', now.sums.hits / now.sums.seen)
    if (validation) {
      const all = await trained.evaluate(await validation.load(range(0, validation.count, validation.count), 0))
      const scores = scoresOf(task, taskOf(network).head, { values: all.data, width: classes }, validation.labels)
      for (const name of task.curves) point(name, 'val', scores.values[name] ?? Number.NaN)
      const watched = task.metrics.find(({ name }) => name === settings.monitor)
      if (watched) now.monitor = observe(now.monitor, epoch, scores, watched, settings)
      if (settings.restoreBest && now.monitor.bestEpoch === epoch) now.bestWeights = await trained.weights()
    }
    Object.assign(now, { epoch, position: 0, sums: noSums })
  }
}
