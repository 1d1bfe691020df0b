import type { Colors } from '../../text/colors.js'
import { oneLine } from '../../text/format-values.js'
import { linesOfEvent } from './lines-of-event.js'
import type { NameNode } from './lines-of-event.js'
import { Progress } from './progress.js'
import type { Output, RunView } from './run-view.js'

const millisecondsBetweenLines = 5000

/** Lines for a log file or a pipe: no control codes; progress as a line every few seconds. */
export function plainView(output: Output, name: NameNode, colors: Colors, now: () => number = Date.now): RunView {
  let progress = new Progress()
  let last = now()
  const line = (text: string): void => void output.write(`${text}\n`)
  return {
    show: (event) => {
      if (event.type === 'run-started')
        line(`${oneLine(event.graph)}: ${event.nodes.length} nodes, engine ${event.engine}`)
      if (event.type === 'node-started') {
        progress = new Progress()
        last = now()
        line(`> ${name(event.node)}  ${oneLine(event.reason ?? '')}`.trimEnd())
      }
      if (event.type === 'node-progress' || event.type === 'metric') {
        progress.take(event)
        if (now() - last >= millisecondsBetweenLines) {
          last = now()
          line(`  ${name(event.node)}: ${progress.text()}`)
        }
      }
      for (const text of linesOfEvent(event, name, colors)) line(text)
    },
    close: () => undefined,
  }
}
