import type { Colors } from '../../text/colors.js'
import { fit, oneLine } from '../../text/format-values.js'
import { linesOfEvent } from './lines-of-event.js'
import type { NameNode } from './lines-of-event.js'
import { Progress } from './progress.js'
import type { Output, RunView } from './run-view.js'

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const millisecondsPerFrame = 100
const barWidth = 24
const clearLine = '\r\u001b[2K'
const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'

/** For people: finished nodes stay as lines, and one moving line at the bottom says what is going on. */
export function terminalView(output: Output, name: NameNode, colors: Colors): RunView {
  let progress = new Progress()
  let running: { readonly node: string; readonly reason: string } | null = null
  let frame = 0
  const draw = (): void => {
    if (running === null) return
    frame += 1
    const { share } = progress
    const start = `${spinner[frame % spinner.length]} ${name(running.node)}`
    const text = progress.text() || oneLine(running.reason)
    // A pseudo-terminal may say that it has 0 columns.
    const width = (output.columns || 80) - 1
    const shownBar =
      share === null || width < start.length + barWidth + 16
        ? ''
        : `  ${bar(share)} ${String(Math.floor(share * 100)).padStart(3)}%`
    const rest = fit(`  ${text}`, Math.max(0, width - start.length - shownBar.length))
    output.write(`${clearLine}${colors.cyan(fit(start, width))}${shownBar}${colors.dim(rest)}`)
  }
  output.write(hideCursor)
  const timer = setInterval(draw, millisecondsPerFrame)
  return {
    show: (event) => {
      if (event.type === 'run-started')
        output.write(
          `${colors.bold(oneLine(event.graph))}  ${colors.dim(`${event.nodes.length} nodes · engine ${event.engine}`)}\n`,
        )
      if (event.type === 'node-started') {
        progress = new Progress()
        running = { node: event.node, reason: event.reason ?? '' }
      }
      // What a node names is fetched before it starts.
      if (event.type === 'node-progress') running ??= { node: event.node, reason: '' }
      if (event.type === 'node-progress' || event.type === 'metric') progress.take(event)
      if (event.type === 'node-finished' || event.type === 'node-failed' || event.type === 'node-cached') {
        running = null
        progress = new Progress()
      }
      const lines = linesOfEvent(event, name, colors)
      if (lines.length > 0) output.write(`${clearLine}${lines.join('\n')}\n`)
    },
    close: () => {
      clearInterval(timer)
      output.write(clearLine + showCursor)
    },
  }
}

function bar(share: number): string {
  const full = Math.round(share * barWidth)
  return '█'.repeat(full) + '░'.repeat(barWidth - full)
}
