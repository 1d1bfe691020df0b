import { copyFile, mkdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { partsOfModel, readNetwork } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { findNetwork, listPulled, nameOfAddress, type PulledModel, removePulled } from '@graft/nodes'
import { findHome } from '../../../home.js'
import { formatBytes } from '../../../text/format-values.js'
import { tableLines } from '../../../text/table.js'
import { callError } from '../../cli-error.js'
import { print } from './print.js'

interface Flags {
  readonly json?: boolean
}

const bytesOf = ({ files }: PulledModel): number => files.reduce((sum, { bytes }) => sum + bytes, 0)

/** The networks that were fetched by name or address, with their sizes and checksums. */
export async function list({ json = false }: Flags): Promise<void> {
  const pulled = await listPulled({ cacheDirectory: findHome().derived })
  if (json) return print([JSON.stringify(pulled, null, 2)])
  if (pulled.length === 0) return print(['No network was fetched yet. `graft models pull NAME` fetches one.'])
  const rows = pulled.map((model) => [
    model.name,
    formatBytes(bytesOf(model)),
    model.kept ? 'kept' : 'cached',
    model.sha256.slice(0, 12),
  ])
  const total = pulled.reduce((sum, model) => sum + bytesOf(model), 0)
  print([
    ...tableLines([['name', 'size', '', 'sha256'], ...rows], [1]),
    '',
    `${counted(pulled.length)}, ${formatBytes(total)}. kept: pulled or fetched in the editor, stays until \`graft models rm NAME\`.`,
    'cached: fetched by a run, makes room when the cache is full. --json shows whole checksums.',
  ])
}

const counted = (count: number): string => (count === 1 ? '1 network' : `${count} networks`)

/** Removes a network that was fetched by name. */
export async function remove(name: string): Promise<void> {
  const place = { cacheDirectory: findHome().derived }
  const wanted = URL.canParse(name) && /^https?:/.test(name) ? nameOfAddress(name) : (findNetwork(name)?.name ?? name)
  const removed = (await removePulled(name, place)) ?? (await removePulled(wanted, place))
  if (removed === null) {
    const names = (await listPulled(place)).map((model) => model.name)
    throw callError(
      'network-unknown',
      `No network "${name}" is here.`,
      names.length === 0 ? 'None was fetched.' : `Here are ${names.join(', ')}.`,
    )
  }
  print([`${removed.name} is removed: ${formatBytes(bytesOf(removed))}. Runs fetch it again when they need it.`])
}

interface ImportFlags extends Flags {
  readonly name?: string
  readonly replace?: boolean
}

/** Copies a model that can be read, with all that belongs to it, to where command line and editor find it. */
export async function importModel(given: string, { name, replace = false, json = false }: ImportFlags): Promise<void> {
  const files = await openModelFiles(resolve(given))
  const { network } = await readNetwork(files)
  const chosen = (name ?? basename(given).replace(/\.[^.]+$/, '')).replace(/[^\w.-]+/g, '-').replace(/^\.+/, '')
  const target = join(findHome().data, 'models', chosen || 'model')
  if ((await stat(target).catch(() => null)) !== null) {
    if (!replace)
      throw callError(
        'model-exists',
        `There is a model "${chosen}" already: ${target}.`,
        'Give another --name, or --replace.',
      )
    await rm(target, { recursive: true })
  }
  const folder = files.main === null ? resolve(given) : dirname(resolve(given))
  for (const part of await partsOfModel(files)) {
    if (!(await files.has(part))) continue
    // What lies above a folder `onnx` is kept beside the model, where it is looked for as well and counts less.
    const kept = join(target, part.replace(/^\.\.\//, ''))
    await mkdir(dirname(kept), { recursive: true })
    await copyFile(join(folder, part), kept)
  }
  const bare = network.name || chosen
  print(
    json
      ? [JSON.stringify({ name: chosen, path: target, network: bare }, null, 2)]
      : [`${bare} is kept as ${target}.`, `Use it with --set backbone.source=${target}`],
  )
}
