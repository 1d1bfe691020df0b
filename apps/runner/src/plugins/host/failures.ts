import { isGraftError } from '@graft/errors'
import type { GraftError } from '@graft/errors'
import { NodeError } from '@graft/nodes'
import type { PluginName } from '../../executor/plan/plugin-node.js'
import { PluginError } from '../plugin-error.js'
import type { PluginFailure } from '../protocol/messages.js'
import { oneLine } from '../../text/format-values.js'

export interface Death {
  readonly code: number | null
  readonly signal: string | null
  /** The end of what the process printed. */
  readonly printed: string
}

/** How a plugin's process came to its end before its answer, by the host's hand or its own. */
const endings = {
  hung: 'plugin-hung',
  tooSlow: 'plugin-too-slow',
  memory: 'plugin-memory',
  message: 'plugin-message',
  deaf: 'plugin-deaf-to-abort',
  died: 'plugin-died',
} as const

/** Whether an error says that a plugin's process has ended; what a plugin throws and lives on is not such an error. */
export const hasEnded = (error: unknown): boolean =>
  isGraftError(error) && Object.values<string>(endings).includes(error.code)

const nameOf = ({ name, version }: PluginName): string => `Plugin "${name}" ${version}`
const seconds = (milliseconds: number): string => `${Number((milliseconds / 1000).toFixed(1))} s`

export function hangFailure(plugin: PluginName, milliseconds: number): PluginError {
  return new PluginError(
    endings.hung,
    `${nameOf(plugin)} gave no sign of life for ${seconds(milliseconds)} and was stopped: its code loops or blocks its process.`,
    'Report it to its author. Long calculations must let go of the thread now and then (`await setImmediate()`).',
  )
}

export function tooSlowFailure(plugin: PluginName, milliseconds: number): PluginError {
  return new PluginError(
    endings.tooSlow,
    `${nameOf(plugin)} took longer than the ${seconds(milliseconds)} it may take and was stopped.`,
    'Give it less to do; its author can ask for more with permissions.timeoutSeconds in its manifest.',
  )
}

export function memoryFailure(plugin: PluginName, megabytes: number, limit: number): PluginError {
  return new PluginError(
    endings.memory,
    `${nameOf(plugin)} took ${Math.round(megabytes)} MB of memory, more than the ${limit} MB it may take, and was stopped.`,
    'Give it less data; its author can ask for more with permissions.memoryMegabytes in its manifest.',
  )
}

/** `what` continues "it sent ...". */
export function messageFailure(plugin: PluginName, what: string): PluginError {
  return new PluginError(
    endings.message,
    `${nameOf(plugin)} sent ${oneLine(what)}, and was stopped.`,
    'Report it to its author; the plugin is broken or means harm.',
  )
}

export function abortFailure(plugin: PluginName, milliseconds: number): PluginError {
  return new PluginError(
    endings.deaf,
    `${nameOf(plugin)} did not stop within ${seconds(milliseconds)} of being told to, and was ended.`,
    'Report it to its author: it must heed `context.signal`.',
  )
}

export function deathFailure(plugin: PluginName, { code, signal, printed }: Death, memoryLimit: number): PluginError {
  if (/heap out of memory|heap limit|Cannot allocate memory|Array buffer allocation failed/i.test(printed))
    return memoryFailure(plugin, memoryLimit, memoryLimit)
  const how =
    signal !== null
      ? `was ended by the system (${signal})`
      : code === 13
        ? 'waits while loading for something that never comes'
        : `ended its process with code ${code ?? 'unknown'}`
  const lines = printed
    .trim()
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at |^Node\.js v/.test(line))
  const telling = lines.findLast((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1)
  const words = telling === undefined ? '' : ` Its last words: ${oneLine(telling.trim().slice(0, 300))}`
  return new PluginError(
    endings.died,
    `${nameOf(plugin)} ${how} before it gave a result.${words}`,
    'Report it to its author. Nothing else is affected: finished nodes are kept and will be reused.',
  )
}

/**
 * What was thrown inside the plugin: its own NodeErrors as they are, a missing right explained, anything else as a
 * fault of the plugin.
 */
export function failureFromPlugin(plugin: PluginName, failure: PluginFailure): GraftError {
  if (failure.permission !== undefined) return deniedFailure(plugin, failure)
  if (failure.fix !== undefined)
    return new NodeError(
      failure.field === undefined || failure.field === null ? null : oneLine(failure.field),
      oneLine(failure.message),
      oneLine(failure.fix),
    )
  const kind = failure.name === 'Error' ? '' : `${failure.name}: `
  return new PluginError(
    'plugin-failed',
    `${nameOf(plugin)} failed: ${oneLine(kind + failure.message)}`,
    'Report it to its author, with this message.',
  )
}

const rights: Readonly<Record<string, { readonly did: string; readonly fix: string }>> = {
  FileSystemRead: { did: 'tried to read', fix: 'it must ask for the path with permissions.read in its manifest' },
  FileSystemWrite: {
    did: 'tried to write',
    fix: 'plugins write nothing to disk; results go to the store (`context.store.put`)',
  },
  ChildProcess: {
    did: 'tried to start or signal a process:',
    fix: 'it must ask for permissions.childProcesses in its manifest',
  },
  WorkerThreads: { did: 'tried to start a thread', fix: 'it must ask for permissions.childProcesses in its manifest' },
  Network: { did: 'tried to use the network:', fix: 'it must ask for permissions.network in its manifest' },
  Builtin: { did: 'tried to use a part of Node that is closed to plugins:', fix: 'plugins have no right to that' },
  Net: { did: 'tried to use the network:', fix: 'it must ask for permissions.network in its manifest' },
}

function deniedFailure(plugin: PluginName, failure: PluginFailure): PluginError {
  const [permission, resource] = [oneLine(failure.permission ?? ''), oneLine(failure.resource ?? '')]
  const right = (Object.hasOwn(rights, permission) ? rights[permission] : undefined) ?? {
    did: `tried to use ${permission}`,
    fix: 'plugins have no right to that',
  }
  return new PluginError(
    'plugin-denied',
    `${nameOf(plugin)} ${right.did} ${resource}`.trimEnd() + ', which it was not permitted to.',
    `If it needs that: ${right.fix}, and you have to approve it. If it doesn't, be suspicious.`,
  )
}
