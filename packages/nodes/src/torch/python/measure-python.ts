import { execFile } from 'node:child_process'
import { EngineError, type EngineSpeed } from '@graft/engines'
import { z } from 'zod'
import { enginePart, programParts } from '../engine-parts.js'
import type { ProbedPython } from './probe-python.js'
import { torchEnvironment } from './torch-environment.js'
import { endWaiting } from './waiting-python.js'

const figure = z.object({ name: z.string(), value: z.number() })

/** Longest wait for all figures together. */
const patience = 60_000

/** What a Python's PyTorch measures of itself, each figure repeated so long. What took too long counts as too slow. */
export function measurePython(
  { path, threads }: ProbedPython,
  device: string,
  milliseconds: number,
): Promise<EngineSpeed> {
  // It may still be loading, on the cores that are measured.
  endWaiting(path)
  const env = { ...torchEnvironment(), OMP_NUM_THREADS: process.env['OMP_NUM_THREADS'] ?? String(threads) }
  const words = [enginePart('measure.py'), programParts, device, String(milliseconds)]
  return new Promise((resolve, reject) => {
    execFile(path, words, { env, timeout: patience, killSignal: 'SIGKILL' }, (error, out, said) => {
      const figures = out
        .split('\n')
        .filter((line) => line.endsWith('}'))
        .map((line) => figure.parse(JSON.parse(line)))
      if (error !== null && error.killed !== true)
        return reject(new EngineError(said.trim().split('\n').at(-1) ?? error.message, ''))
      const speed = Object.fromEntries(figures.map(({ name, value }) => [name, value])) as Partial<EngineSpeed>
      resolve({ convolution: 0, depthwise: 0, matrixProduct: 0, ...speed })
    })
  })
}
