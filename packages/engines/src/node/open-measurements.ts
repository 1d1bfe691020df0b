import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { dirname } from 'node:path'
import { z } from 'zod'
import type { Measurement, Measurements } from '../choice/measurements.js'
import { figureNames } from '../measuring/measuring-protocol.js'

const figure = z.number().nonnegative()
const speed = z.object({
  convolution: figure,
  depthwise: figure,
  matrixProduct: figure,
  ...Object.fromEntries(figureNames.slice(3).map((name) => [name, figure.optional()])),
})
const info = z.object({
  id: z.string(),
  available: z.boolean(),
  trains: z.boolean(),
  hardware: z.string(),
  backend: z.string(),
  versions: z.record(z.string(), z.string()),
  notes: z.array(z.string()),
})
const measurement = z.union([
  z.object({ time: z.string(), speed }),
  z.object({ time: z.string(), problem: z.string() }),
  z.object({ time: z.string(), info }),
])
const file = z.object({ format: z.literal(1), engines: z.record(z.string(), z.unknown()) })

/**
 * Measurements of this machine in a JSON file. One that is missing, damaged or of another version counts as empty, and is replaced as a
 * whole, so that no reader sees half of it.
 */
export function openMeasurements(path: string): Measurements {
  const load = async (): Promise<Record<string, unknown>> => {
    try {
      return file.parse(JSON.parse(await readFile(path, 'utf8'))).engines
    } catch {
      return {}
    }
  }
  const save = async (engines: Readonly<Record<string, unknown>>): Promise<void> => {
    const temporary = `${path}.${randomBytes(4).toString('hex')}`
    try {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(temporary, `${JSON.stringify({ format: 1, engines }, null, 2)}\n`)
      await rename(temporary, path)
    } catch {
      // A home that can't be written to costs measuring again, never a run.
      await rm(temporary, { force: true }).catch(() => undefined)
    }
  }
  return {
    read: async (key) => {
      const parsed = measurement.safeParse((await load())[onThisMachine(key)])
      return parsed.success ? (parsed.data as Measurement) : null
    },
    write: async (key, value) => save({ ...(await load()), [onThisMachine(key)]: value }),
    remove: async (key) => {
      const { [onThisMachine(key)]: removed, ...others } = await load()
      if (removed !== undefined) await save(others)
    },
  }
}

const onThisMachine = (key: string): string =>
  `${key}; ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} threads, ${process.platform} ${process.arch}`
