import { NodeError } from '@graft/nodes/sdk'
import type { FingerprintContext, Plugin, PluginContext, PluginNode } from '@graft/nodes/sdk'
import type { PluginCall } from '../protocol/messages.js'
import { describePlugin } from './describe.js'
import { usedBytes } from './used-bytes.js'

/** What a call may use besides its own data. */
export interface CallSurroundings {
  readonly signal: AbortSignal
  readonly store: PluginContext['store']
  emit(event: Readonly<Record<string, unknown>>): void
}

/** Does what the host asks. Throws what the plugin throws. */
export async function answerCall(plugin: Plugin, call: PluginCall, around: CallSurroundings): Promise<unknown> {
  if (call.method === 'describe') return describePlugin(plugin)
  if (call.method === 'measure') return usedBytes()
  const definition = findNode(plugin, call.node)
  switch (call.method) {
    case 'parse':
      return definition.params.parse(call.params)
    case 'migrate':
      return migrationTo(definition, call.to).up(call.params)
    case 'validate':
      return definition.validate?.(definition.params.parse(call.params)) ?? []
    case 'fingerprint':
      return (await definition.fingerprint?.(definition.params.parse(call.params), pathContext(call.paths))) ?? ''
    case 'run':
      return definition.run({
        params: definition.params.parse(call.params),
        inputs: call.inputs,
        context: runContext(call, around),
      })
  }
}

function findNode(plugin: Plugin, type: string): PluginNode {
  const found = plugin.nodes.find((node) => node.type === type)
  if (found === undefined) throw new Error(`it has no node type "${type}" any more`)
  return found
}

function migrationTo(definition: PluginNode, to: number): NonNullable<PluginNode['migrations']>[number] {
  const found = definition.migrations?.find((migration) => migration.to === to)
  if (found === undefined) throw new Error(`node "${definition.type}" has no migration to version ${to}`)
  return found
}

function pathContext(paths: Readonly<Record<string, string>>): FingerprintContext {
  return {
    resolvePath: (path) => {
      const resolved = Object.hasOwn(paths, path) ? paths[path] : undefined
      if (resolved !== undefined) return resolved
      throw new NodeError(
        null,
        `"${path}" is not the value of one of this node's path parameters.`,
        'Resolve only values of parameters made with `pathField`, and list "{params}" under permissions.read.',
      )
    },
  }
}

function runContext(
  call: Extract<PluginCall, { method: 'run' }>,
  { signal, store, emit }: CallSurroundings,
): PluginContext {
  const context: PluginContext = {
    ...pathContext(call.paths),
    nodeId: call.nodeId,
    signal,
    store,
    document: call.document,
    emit,
  }
  for (const [name, fix] of Object.entries(onlyBuiltIn))
    Object.defineProperty(context, name, { get: refusing(name, fix) })
  return context
}

/** What the types don't promise to plugins; plain JavaScript that reaches for it all the same is told what to do. */
const onlyBuiltIn = {
  engines: 'Take predictions or metrics of a built-in node as input instead.',
  cacheDirectory: 'Store results as blobs: `context.store.put(bytes, mediaType)`.',
}

const refusing = (name: string, fix: string) => (): never => {
  throw new NodeError(null, `Plugins get no ${name}.`, fix)
}
