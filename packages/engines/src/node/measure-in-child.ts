import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { computingEnvironment } from './computing-environment.js'
import type { Engine, EngineSpeed } from '../engine.js'
import { EngineError } from '../engine.js'
import { figureNames, fromMeasuringChild } from '../measuring/measuring-protocol.js'
import type { ToMeasuringChild } from '../measuring/measuring-protocol.js'

import type { Enough } from '../measuring/measure-engine.js'
export interface ChildMeasureOptions {
  /** Time spent on repeating each figure. */
  readonly milliseconds?: number
  readonly signal?: AbortSignal | undefined
  /** Asked after every figure; true ends the measuring, and what is missing counts as too slow. */
  readonly enough?: Enough | undefined
  /** Program of the child and what is waited for at most; for tests. */
  readonly program?: string
  readonly patience?: Patience
}

/**
 * Longest waits, in milliseconds: for the engine to load, for one figure after another, and for all figures together.
 */
export interface Patience {
  readonly start: number
  readonly figure: number
  readonly total: number
}

/** A GPU's driver compiles a program per operator when it meets it first. */
const patienceWith = {
  cpu: { start: 10_000, figure: 2000, total: 6000 },
  webgpu: { start: 20_000, figure: 6000, total: 10_000 },
  cuda: { start: 20_000, figure: 6000, total: 10_000 },
} as const

/**
 * Measures an engine in a process of its own, which is ended when a figure, or all of them, take too long, or when
 * there is enough: what is missing then counts as too slow (see EngineSpeed). Throws EngineError when the engine can't
 * run at all, and an AbortError once the signal is given.
 */
export async function measureInChild(
  engine: Pick<Engine, 'id' | 'device'>,
  options: ChildMeasureOptions = {},
): Promise<EngineSpeed> {
  options.signal?.throwIfAborted()
  const child = fork(options.program ?? childProgram, {
    stdio: 'ignore',
    execArgv: [],
    env: computingEnvironment(process.env),
  })
  const figures: Partial<Record<keyof EngineSpeed, number>> = {}
  const milliseconds = options.milliseconds ?? 40
  const patience = options.patience ?? patienceWith[engine.device]
  const [step, total] = [createTimer(), createTimer()]
  try {
    await new Promise<void>((resolve, reject) => {
      step.set(patience.start, resolve)
      child.on('message', (json) => {
        const message = fromMeasuringChild.parse(json)
        step.set(message.type === 'ready' ? patience.start : patience.figure, resolve)
        if (message.type === 'ready')
          child.send({ id: engine.id, device: engine.device, milliseconds } satisfies ToMeasuringChild)
        if (message.type === 'loaded') total.set(patience.total + 2 * milliseconds * figureNames.length, resolve)
        if (message.type === 'figure') figures[message.name] = message.value
        if (message.type === 'figure' && options.enough?.(figures) === true) resolve()
        if (message.type === 'failed') reject(new EngineError(message.reason, ''))
        if (message.type === 'done') resolve()
      })
      child.on('error', reject)
      child.on('exit', (code) =>
        reject(new EngineError(`its process ended by itself (${code === null ? 'killed' : `code ${code}`})`, '')),
      )
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error), { once: true })
    })
  } finally {
    step.clear()
    total.clear()
    child.kill('SIGKILL')
  }
  const { convolution = 0, depthwise = 0, matrixProduct = 0, ...others } = figures
  return { convolution, depthwise, matrixProduct, ...others }
}

function createTimer(): { set(milliseconds: number, then: () => void): void; clear(): void } {
  let timer: NodeJS.Timeout | undefined
  const clear = (): void => clearTimeout(timer)
  return {
    clear,
    set: (milliseconds, then) => {
      clear()
      timer = setTimeout(then, milliseconds)
    },
  }
}

/** Tests read the sources, processes run the build. */
const childProgram = fileURLToPath(new URL('./measure-child.js', import.meta.url.replace('/src/node/', '/dist/node/')))
