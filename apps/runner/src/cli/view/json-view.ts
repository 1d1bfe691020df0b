import type { Output, RunView } from './run-view.js'

/** One event per line, as JSON, and nothing else. */
export function jsonView(output: Output): RunView {
  return { show: (event) => void output.write(`${JSON.stringify(event)}\n`), close: () => undefined }
}
