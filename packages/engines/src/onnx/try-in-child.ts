import { spawn } from 'node:child_process'

/** What came of a program in a process of its own: what it printed, or why it gave nothing. */
export type Tried = { readonly output: string } | { readonly problem: string }

const keptOutput = 65_536

/**
 * Runs a small CommonJS program in a process of its own, so that a native library that crashes or hangs there does no
 * harm here. `require` finds modules by absolute path only. Never throws.
 */
export function tryInChild(program: string, args: readonly string[], milliseconds: number): Promise<Tried> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', program, '--', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let [output, errors, late] = ['', '', false]
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-keptOutput)))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-keptOutput)))
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, milliseconds)
    const end = (tried: Tried): void => {
      clearTimeout(timer)
      resolve(tried)
    }
    child.on('error', (error) => end({ problem: `no process could be started for it (${error.message})` }))
    child.on('close', (code, signal) => {
      if (code === 0) end({ output })
      else if (late) end({ problem: `it did not answer within ${milliseconds / 1000} s` })
      else end({ problem: `its library ended the process (${signal ?? `code ${code}`})${lastLine(errors)}` })
    })
  })
}

function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? ''
  return line === '' ? '' : `: ${line}`
}
