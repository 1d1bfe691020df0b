import type { Plugin } from '@graft/nodes/sdk'
import type { PluginCall, ToPlugin } from '../protocol/messages.js'
import { answerCall } from './answer-call.js'
import { BlobClient } from './blob-client.js'
import { openChannel } from './channel.js'
import { pluginOfModule } from './describe.js'
import { failureOf } from './failure-of.js'
import { raiseWalls } from './walls/raise-walls.js'

// The program of a plugin's process; started by host/launch.ts under Node's permission model. Everything the plugin could replace is taken hold of first.
// Named .mts because Node before 20.19 doesn't look for "type": "module" in folders that it may not read.
const end = process.exit.bind(process)
const memoryUsage = process.memoryUsage.rss.bind(process.memoryUsage)
const channel = openChannel(receive)
const blobs = new BlobClient(channel)
let loading: Promise<Plugin> | null = null
let once = false
let controller = new AbortController()

function receive(message: ToPlugin, bytes: Uint8Array): void {
  if (message.type === 'load') loading = load(message)
  else if (message.type === 'call') void answer(message.call)
  else if (message.type === 'abort') controller.abort()
  else blobs.answered(message.request, { present: message.present, reference: message.reference, bytes })
}

async function load({
  main,
  network,
  childProcesses,
  heartbeatMilliseconds,
  ...message
}: Extract<ToPlugin, { type: 'load' }>): Promise<Plugin> {
  once = message.once
  if (!once) process.stdin.on('close', () => end(0))
  const beat = (): void => void channel.send({ type: 'heartbeat', memory: memoryUsage() })
  if (!once) beat()
  setInterval(beat, heartbeatMilliseconds).unref()
  await raiseWalls({ network, childProcesses }, [process.stdin, process.stdout, process.stderr, channel.stream])
  const plugin = pluginOfModule((await import(main)) as Record<string, unknown>)
  if (!once) void channel.send({ type: 'ready' })
  return plugin
}

async function answer(call: PluginCall): Promise<void> {
  controller = new AbortController()
  try {
    const plugin = await (loading ?? Promise.reject(new Error('a call came before the plugin was loaded')))
    const value = await answerCall(plugin, call, {
      signal: controller.signal,
      store: blobs.store,
      emit: (event) => void channel.send({ type: 'event', event }),
    })
    await channel.send({ type: 'result', value: value === undefined ? null : value })
  } catch (error) {
    await channel.send({ type: 'failed', failure: failureOf(error) })
  }
  if (once) end(0)
}

// A plugin that fails to load without being called yet still says why.
process.on(
  'unhandledRejection',
  (error) => void channel.send({ type: 'failed', failure: failureOf(error) }).then(() => end(1)),
)
process.on(
  'uncaughtException',
  (error) => void channel.send({ type: 'failed', failure: failureOf(error) }).then(() => end(1)),
)
