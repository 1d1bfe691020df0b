import { runEventBody } from '@graft/graph-schema'
import type { NodeCall, PluginContext, Ports } from '@graft/nodes'
import { referencedBlobs } from '../../store/referenced-blobs.js'
import { BlobBroker } from '../host/blob-broker.js'
import { defaultLimits } from '../host/limits.js'
import type { PluginLimits } from '../host/limits.js'
import type { PluginFiles } from '../host/launch.js'
import { PluginProcess } from '../host/plugin-process.js'
import type { DescribedNode } from '../manifest/described-node.js'
import { checkInputs } from './check-inputs.js'
import { checkOutputs } from './check-outputs.js'
import { literalPaths, pathsOf, imageFolders, withRealPaths } from './grants.js'

/** A call of `run`, as the host knows it: params and inputs of whatever node it is. */
export type PluginCallOfNode = NodeCall<Readonly<Record<string, unknown>>, Ports, PluginContext>

const allowedEvents: readonly string[] = ['node-progress', 'metric', 'preview', 'log']

/**
 * Runs a node in a process of its plugin that exists for this run alone. Throws NodeError naming the plugin, whatever
 * the plugin does.
 */
export async function runInPlugin(
  plugin: PluginFiles,
  described: DescribedNode,
  call: PluginCallOfNode,
  limits: Partial<PluginLimits> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const { context, inputs } = call
  const paths = pathsOf(call.params, described.manifest, plugin.permissions, context)
  const readable = withRealPaths([
    ...literalPaths(plugin.permissions),
    ...Object.values(paths),
    ...(await imageFolders(inputs, plugin.permissions, context.store)),
  ])
  const running = await PluginProcess.start(plugin, readable, limits, context.signal)
  try {
    return await callRun(running, plugin, described, call, { paths, readable, limits })
  } finally {
    await running.stop()
  }
}

interface RunExtras {
  readonly paths: Readonly<Record<string, string>>
  readonly readable: readonly string[]
  readonly limits: Partial<PluginLimits>
}

/** One `run` in a process that is already there; the conformance kit runs many in one. */
export async function callRun(
  running: PluginProcess,
  plugin: PluginFiles,
  { manifest, readsDocument }: DescribedNode,
  { params, inputs, context }: PluginCallOfNode,
  extras: RunExtras,
): Promise<Readonly<Record<string, unknown>>> {
  checkInputs(inputs, manifest)
  const blobs = new BlobBroker(context.store, inputs, extras.limits.storedBytes ?? defaultLimits.storedBytes)
  const outputs = await running.call(
    {
      method: 'run',
      node: manifest.type,
      params,
      paths: extras.paths,
      inputs: definedInputs(inputs),
      nodeId: context.nodeId,
      document: readsDocument ? context.document : null,
    },
    { signal: context.signal, blobs, onEvent: (event) => pass(event, context, blobs) },
  )
  return checkOutputs(outputs, { plugin, manifest, inputs, store: context.store, blobs, readable: extras.readable })
}

/** Unconnected ports are left out, which JSON would do anyway. */
const definedInputs = (inputs: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined))

function pass(event: Readonly<Record<string, unknown>>, context: PluginContext, blobs: BlobBroker): void {
  const parsed = runEventBody.safeParse({ ...event, node: context.nodeId })
  if (!parsed.success || !allowedEvents.includes(parsed.data.type))
    throw new Error(
      `an event that is not one of ${allowedEvents.join(', ')}, or lacks something (${JSON.stringify(event).slice(0, 200)})`,
    )
  const body = parsed.data as Parameters<PluginContext['emit']>[0]
  if ([...referencedBlobs(body)].some((sha256) => !blobs.isGiven(sha256)))
    throw new Error('a preview of a blob that it neither stored nor was given')
  context.emit(body)
}
