import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Engine, EngineSpeed } from '../engine.js'
import { EngineError } from '../engine.js'
import { fromMeasuringChild } from './measuring-protocol.js'
import type { ToMeasuringChild } from './measuring-protocol.js'

export interface ChildMeasureOptions {
  /** Time spent on repeating each figure. */
  readonly milliseconds?: number
  readonly signal?: AbortSignal | undefined
  /** Program of the child and patience per figure; for tests. */
  readonly program?: string
  readonly patience?: number
}

/** Longest wait for one figure; a GPU's driver compiles a program per operator when it meets it first. */
const patience = { cpu: 2000, webgpu: 10_000, cuda: 10_000 } as const
const startMilliseconds = 10_000

/**
 * Measures an engine in a process of its own, which is ended when a figure takes too long: that figure and those after it then count as too slow
 * (see EngineSpeed). Throws EngineError when the engine can't run at all, and an AbortError once the signal is given.
 */
export async function measureInChild(engine: Pick<Engine, 'id' | 'device'>, options: ChildMeasureOptions = {}): Promise<EngineSpeed> {
  options.signal?.throwIfAborted()
  const child = fork(options.program ?? childProgram, { stdio: 'ignore', execArgv: [] })
  const figures: Partial<Record<keyof EngineSpeed, number>> = {}
  const limit = options.patience ?? patience[engine.device]
  try {
    await new Promise<void>((resolve, reject) => {
      let timer = setTimeout(resolve, startMilliseconds)
      const within = (milliseconds: number): void => {
        clearTimeout(timer)
        timer = setTimeout(resolve, milliseconds)
      }
      child.on('message', json => {
        const message = fromMeasuringChild.parse(json)
        if (message.type === 'ready') child.send({ id: engine.id, device: engine.device, milliseconds: options.milliseconds ?? 40 } satisfies ToMeasuringChild)
        // Loading the engine comes before the first figure.
        within(message.type === 'ready' ? startMilliseconds + limit : limit)
        if (message.type === 'figure') figures[message.name] = message.value
        if (message.type === 'failed') reject(new EngineError(message.reason))
        if (message.type === 'done') resolve()
      })
      child.on('error', reject)
      child.on('exit', code => reject(new EngineError(`its process ended by itself (${code === null ? 'killed' : `code ${code}`})`)))
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error), { once: true })
    })
  } finally {
    child.kill('SIGKILL')
  }
  const { convolution = 0, depthwise = 0, matrixProduct = 0, ...others } = figures
  return { convolution, depthwise, matrixProduct, ...others }
}

/** Tests read the sources, processes run the build. */
const childProgram = fileURLToPath(new URL('./measure-child.js', import.meta.url.replace('/src/choice/', '/dist/choice/')))
