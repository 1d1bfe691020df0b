import { must } from '@graft/errors'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRandom, hashInteger } from '../../values/random.js'
import { corpora } from './corpora-node.js'
import { mutated } from './mutate.js'
import { type Outcome, readAll } from './read-all.js'
import type { FuzzReport } from './run-child-node.js'

// The process of run-child-node.ts: reads the damaged files of one corpus from one number to another.
const [id, seed, from, to] = [process.argv[2], ...process.argv.slice(3).map(Number)] as [string, number, number, number]
const corpus = must(
  corpora().find((one) => one.id === id),
  `the corpus ${id}`,
)
const whole = await corpus.files()
const collect = (globalThis as { gc?: () => void }).gc ?? (() => undefined)

const tell = (report: FuzzReport): Promise<void> => new Promise((done) => process.send?.(report, () => done()))

/** Resident memory in bytes; where the system counts it, its peak since it was last asked to begin anew. */
const memory = (field: 'VmHWM' | 'VmRSS'): number =>
  1024 * Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0)

function beginPeak(): number {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
    return memory('VmRSS')
  } catch {
    return Infinity
  }
}

// What is loaded at first use doesn't count.
await readAll(whole)
for (let index = from; index < to; index += 1) {
  const files = mutated(whole, createRandom(hashInteger(seed) ^ hashInteger(index)))
  const bytes = Object.values(files).reduce((sum, file) => sum + file.length, 0)
  await tell({ kind: 'begin', index, bytes })
  const first = await measured(files)
  // What garbage of other files may have caused is measured again without it.
  if (first.grown > 2 * bytes + 50e6) collect()
  const again = first.grown > 2 * bytes + 50e6 ? await measured(files) : first
  await tell({ kind: 'end', index, outcome: first.outcome, grown: Math.min(first.grown, again.grown) })
}

async function measured(files: Parameters<typeof readAll>[0]): Promise<{ outcome: Outcome; grown: number }> {
  const before = beginPeak()
  const outcome = await readAll(files)
  return { outcome, grown: before === Infinity ? 0 : Math.max(0, memory('VmHWM') - before) }
}

process.disconnect()
