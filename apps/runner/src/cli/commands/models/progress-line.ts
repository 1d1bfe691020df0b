import { formatBytes } from '../../../text/format-values.js'

export interface ProgressLine {
  show(done: number, total: number): void
  say(message: string): void
  clear(): void
}

/** A moving line where a person looks on, nothing elsewhere. */
export function progressLine(quiet: boolean): ProgressLine {
  const moves = !quiet && process.stderr.isTTY
  const clear = (): void => {
    if (moves) process.stderr.write('\r\u001b[2K')
  }
  return {
    clear,
    say: (message) => {
      clear()
      if (!quiet) process.stderr.write(`${message}\n`)
    },
    show: (done, total) => {
      if (!moves) return
      const share = total > 0 ? ` of ${formatBytes(total)} (${Math.floor((100 * done) / total)}%)` : ''
      process.stderr.write(`\r\u001b[2K${formatBytes(done)}${share}`)
    },
  }
}
