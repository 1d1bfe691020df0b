import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { isGraftError } from '@graft/errors'
import { encodeFrame, FrameError, FrameReader } from '../protocol/frame.js'
import { fromPlugin } from '../protocol/messages.js'
import type { PluginCall, ToPlugin } from '../protocol/messages.js'
import { parsePlainJson } from '../protocol/plain-json.js'
import { deathFailure, failureFromPlugin, hangFailure, messageFailure } from './failures.js'
import { launchPlugin } from './launch.js'
import type { PluginFiles } from './launch.js'
import { defaultLimits } from './limits.js'
import type { PluginLimits } from './limits.js'

/**
 * Asks a plugin something while everything waits, for what must be known at once: params of old documents, and rules
 * over several params. The process gets nothing to read but its own files, and a few seconds. Throws a GraftError.
 */
export function callOnce(plugin: PluginFiles, call: PluginCall, changed: Partial<PluginLimits> = {}): unknown {
  const limits = { ...defaultLimits, ...changed }
  const { command, words, environment, folder } = launchPlugin(plugin, [])
  const { network, childProcesses } = plugin.permissions
  const load: ToPlugin = {
    type: 'load',
    main: pathToFileURL(plugin.main).href,
    network,
    childProcesses,
    once: true,
    heartbeatMilliseconds: 60_000,
  }
  const input = Buffer.concat([encodeFrame(load), encodeFrame({ type: 'call', call } satisfies ToPlugin)])
  const ended = spawnSync(command, words, {
    cwd: folder,
    env: environment,
    input,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    timeout: limits.onceMilliseconds,
    killSignal: 'SIGKILL',
    maxBuffer: limits.messageBytes,
  })
  const failed = ended.error as NodeJS.ErrnoException | undefined
  if (failed?.code === 'ETIMEDOUT') throw hangFailure(plugin, limits.onceMilliseconds)
  if (failed?.code === 'ENOBUFS') throw messageFailure(plugin, `more than ${limits.messageBytes} bytes`)
  const answer = readAnswer(plugin, ended.output[3] as unknown as Uint8Array | null, limits)
  if (answer !== null) return answer.value
  throw deathFailure(
    plugin,
    { code: ended.status, signal: ended.signal, printed: String(ended.stderr) },
    plugin.permissions.memoryMegabytes,
  )
}

function readAnswer(
  plugin: PluginFiles,
  bytes: Uint8Array | null,
  limits: PluginLimits,
): { readonly value: unknown } | null {
  try {
    for (const frame of new FrameReader({ textBytes: limits.messageBytes, blobBytes: 0 }).push(
      bytes ?? new Uint8Array(),
    )) {
      const message = fromPlugin.parse(parsePlainJson(frame.text))
      if (message.type === 'result') return { value: message.value }
      if (message.type === 'failed') throw failureFromPlugin(plugin, message.failure)
    }
    return null
  } catch (error) {
    if (isGraftError(error)) throw error
    throw messageFailure(
      plugin,
      error instanceof FrameError ? error.message : 'a message that is not one of those it may send',
    )
  }
}
