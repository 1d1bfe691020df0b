import type { Surroundings } from '../../surroundings.js'
import { callError } from '../../cli-error.js'
import { loadGraph } from '../../load-graph.js'
import { onInterrupt } from '../../on-interrupt.js'
import { checksumsOf, networksOf, type Pinned, writePins } from '../../pin-networks.js'
import { withPlugins } from '../../with-plugins.js'
import { createPathResolver } from '../../../executor/resolve-path.js'
import { findHome } from '../../../home.js'
import { print } from './print.js'
import { progressLine } from './progress-line.js'

interface PinFlags {
  readonly replace?: boolean
  readonly json?: boolean
}

/** Writes the checksums of the networks that a graph loads by name or address into its file. */
export async function pin(
  given: string,
  { replace = false, json = false }: PinFlags,
  around: Surroundings,
): Promise<void> {
  const { document, graph, base } = await loadGraph(given, around)
  if (graph.startsWith('template:')) throw isTemplate(given)
  const { library } = await withPlugins(around)
  const networks = networksOf(document, library)
  const interrupts = onInterrupt(() => undefined)
  const line = progressLine(json)
  try {
    const pins = await checksumsOf(
      networks,
      {
        resolvePath: createPathResolver({ base }),
        cacheDirectory: findHome().derived,
        signal: interrupts.cancel,
        emit: (event) => {
          if (event.type === 'node-progress') line.show(event.done, event.total)
          if (event.type === 'log') line.say(event.message)
        },
        say: (message) => line.say(message),
      },
      replace,
    )
    line.clear()
    const fresh = await writePins(graph, pins, library)
    print(json ? [JSON.stringify(pins, null, 2)] : pins.flatMap((one) => pinLines(one, given)))
    if (fresh === null) throw changed(given)
  } finally {
    line.clear()
    interrupts.dispose()
  }
}

/** What a person reads of one network. */
export function pinLines({ node, source, sha256, pinned, field }: Pinned, graph: string): string[] {
  if (sha256 === null) return [`${node}: ${source} is no download; there is nothing to pin.`]
  if (sha256 === pinned) return [`${node}: ${source} is pinned already.`]
  return [`${node}: ${source} is pinned in ${graph}:`, `  ${field} ${sha256}`]
}

export const isTemplate = (name: string): Error =>
  callError(
    'pin-template',
    `"${name}" is a template; a checksum needs a graph file to stand in.`,
    `Write it to a file first: graft templates ${name} > my.graft.json`,
  )

const changed = (path: string): Error =>
  callError('pin-changed', `${path} holds another graph by now; nothing was pinned.`, 'Pin again.')
