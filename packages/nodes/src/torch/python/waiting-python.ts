import { type ChildProcess, spawn } from 'node:child_process'
import { enginePart } from '../engine-parts.js'
import { torchEnvironment } from './torch-environment.js'

/** How long a Python that has been asked what it has waits for a program: it holds memory. */
const idleMilliseconds = 60_000

const waiting = new Map<string, ChildProcess>()

/** What a Python says first, or why there is nothing. */
export type FirstLine = { readonly line: string } | { readonly problem: string }

/**
 * Starts a Python that says in a line what it has, then loads what a training needs and waits for one: loading PyTorch takes
 * seconds, in which a run reads its images.
 */
export function startWaiting(python: string, patience: number): Promise<FirstLine> {
  const stdio = ['pipe', 'pipe', 'pipe'] as const
  // In a group of its own: Ctrl-C is for this process, which ends it.
  const child = spawn(python, [enginePart('ready.py')], { env: torchEnvironment(), detached: true, stdio: [...stdio] })
  child.stdin.on('error', () => undefined)
  return new Promise((resolve) => {
    let [out, said] = ['', '']
    const hear = (data: Buffer): void => void (said += String(data))
    const settle = (answer: FirstLine): void => {
      clearTimeout(timer)
      child.stderr.off('data', hear)
      child.stdout.off('data', read).pause()
      if ('line' in answer) keep(python, child)
      else child.kill('SIGKILL')
      resolve(answer)
    }
    const read = (data: Buffer): void => {
      out += String(data)
      if (out.includes('\n')) settle({ line: out })
    }
    const timer = setTimeout(() => settle({ problem: `no answer within ${patience / 1000} s` }), patience)
    child.stdout.on('data', read)
    child.stderr.on('data', hear)
    child.on('error', ({ message }) => settle({ problem: message }))
    child.on('close', (code) => settle({ problem: said.trim().split('\n').at(-1) || `it ended with code ${code}` }))
  })
}

/** The one that waits, for a program that is to start now; it belongs to whoever takes it. */
export function takeWaiting(python: string): ChildProcess | undefined {
  const child = waiting.get(python)
  waiting.delete(python)
  if (child?.exitCode !== null || child.signalCode !== null) return undefined
  child.removeAllListeners()
  hold(child, true)
  return child
}

function keep(python: string, child: ChildProcess): void {
  waiting.get(python)?.kill('SIGKILL')
  waiting.set(python, child)
  child.removeAllListeners().on('error', () => undefined)
  hold(child, false)
  const end = (): void => {
    if (waiting.get(python) !== child) return
    waiting.delete(python)
    child.kill('SIGKILL')
  }
  setTimeout(end, idleMilliseconds).unref()
}

/** Nobody has to wait for a process that waits. */
function hold(child: ChildProcess, held: boolean): void {
  for (const one of [child, child.stdin, child.stdout, child.stderr] as ({ ref?(): void; unref?(): void } | null)[])
    if (held) one?.ref?.()
    else one?.unref?.()
}
