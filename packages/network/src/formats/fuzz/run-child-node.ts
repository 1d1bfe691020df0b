import { fork } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Outcome } from './read-all.js'

/** What the child tells. */
export type FuzzReport =
  | { readonly kind: 'begin'; readonly index: number; readonly bytes: number }
  | { readonly kind: 'end'; readonly index: number; readonly outcome: Outcome; readonly grown: number }

export interface FuzzRun {
  readonly corpus: string
  readonly seed: number
  readonly from: number
  readonly to: number
}

export interface FuzzResult {
  readonly networks: number
  readonly refused: number
  /** What must not be, each with the number of the file. */
  readonly faults: readonly string[]
  /** Largest growth of memory over twice the files, in bytes. */
  readonly most: number
}

/** Of processor time, so that a busy machine doesn't count; of time on the clock, for what waits for ever. */
const patience = { processor: 5, clock: 60 }
/** What reading may take beyond twice the files. */
const spareBytes = 100e6

/** The built child; null when Graft wasn't built. */
export function fuzzChild(): string | null {
  const file = fileURLToPath(new URL('./child-node.js', import.meta.url.replace('/src/formats/', '/dist/formats/')))
  return existsSync(file) ? file : null
}

/**
 * Reads damaged files in a process of its own, which is ended when one takes longer than five seconds; then goes on with
 * the next. Whatever ends the process is a fault.
 */
export async function fuzz(run: FuzzRun): Promise<FuzzResult> {
  const total = { networks: 0, refused: 0, most: 0 }
  const faults: string[] = []
  for (let from = run.from; from < run.to; ) {
    const reached = await runOnce({ ...run, from, to: Math.min(run.to, from + 5000) }, (report) => {
      total.most = Math.max(total.most, report.over)
      if (report.outcome.kind === 'network') total.networks += 1
      if (report.outcome.kind === 'refused') total.refused += 1
      if (report.outcome.kind === 'fault') faults.push(`${report.index}: ${report.outcome.what}`)
      if (report.over > spareBytes)
        faults.push(`${report.index}: ${Math.round(report.over / 1e6)} MB over twice the files`)
    })
    if (reached.fault !== null) faults.push(reached.fault)
    from = reached.next
  }
  return { ...total, faults }
}

interface Told {
  readonly index: number
  readonly outcome: Outcome
  readonly over: number
}

function runOnce(
  run: FuzzRun,
  take: (told: Told) => void,
): Promise<{ readonly next: number; readonly fault: string | null }> {
  const child = fork(fuzzChild() ?? '', [run.corpus, String(run.seed), String(run.from), String(run.to)], {
    execArgv: ['--expose-gc', '--wasm-lazy-compilation', '--max-old-space-size=512', '--max-semi-space-size=4'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let said = ''
  child.stderr?.on('data', (data: Buffer) => (said = (said + data.toString()).slice(-2000)))
  let current: { readonly index: number; readonly bytes: number; readonly begun: readonly [number, number] } | null =
    null
  let next = run.from
  let hung = false
  const watch = setInterval(() => {
    if (current === null) return
    const [processor, clock] = spent(child.pid ?? 0)
    if (processor - current.begun[0] < patience.processor && clock - current.begun[1] < patience.clock) return
    hung = true
    child.kill('SIGKILL')
  }, 200)
  child.on('message', (report: FuzzReport) => {
    if (report.kind === 'begin') current = { index: report.index, bytes: report.bytes, begun: spent(child.pid ?? 0) }
    else {
      take({ index: report.index, outcome: report.outcome, over: report.grown - 2 * (current?.bytes ?? 0) })
      next = report.index + 1
      current = null
    }
  })
  return new Promise((resolve) =>
    child.on('close', (code, signal) => {
      clearInterval(watch)
      if (next >= run.to) return resolve({ next, fault: null })
      const what = hung
        ? `it took longer than ${patience.processor} s`
        : `the process ended (${code ?? signal}): ${said}`
      resolve({ next: (current?.index ?? next) + 1, fault: `${current?.index ?? next}: ${what}` })
    }),
  )
}

/** Seconds of processor time (0 where the system doesn't tell) and on the clock. */
function spent(pid: number): readonly [number, number] {
  const clock = performance.now() / 1000
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return [(Number(fields[11]) + Number(fields[12])) / 100, clock]
  } catch {
    return [0, clock]
  }
}
