import { z } from 'zod'

/** What the host asks of a plugin. Paths by what is written in the params; node types without the plugin's name. */
export type PluginCall =
  | { readonly method: 'describe' }
  /** Bytes in use after a garbage collection; for the conformance kit. */
  | { readonly method: 'measure' }
  | { readonly method: 'parse'; readonly node: string; readonly params: Readonly<Record<string, unknown>> }
  | {
      readonly method: 'migrate'
      readonly node: string
      readonly to: number
      readonly params: Readonly<Record<string, unknown>>
    }
  | { readonly method: 'validate'; readonly node: string; readonly params: Readonly<Record<string, unknown>> }
  | {
      readonly method: 'fingerprint'
      readonly node: string
      readonly params: Readonly<Record<string, unknown>>
      readonly paths: Readonly<Record<string, string>>
    }
  | {
      readonly method: 'run'
      readonly node: string
      readonly params: Readonly<Record<string, unknown>>
      readonly paths: Readonly<Record<string, string>>
      readonly inputs: Readonly<Record<string, unknown>>
      readonly nodeId: string
      readonly document: unknown
    }

/** Host to plugin. Our own, so the plugin's side takes it as it is. */
export type ToPlugin =
  | {
      readonly type: 'load'
      readonly main: string
      readonly network: boolean
      readonly childProcesses: boolean
      readonly once: boolean
      readonly heartbeatMilliseconds: number
    }
  | { readonly type: 'call'; readonly call: PluginCall }
  | { readonly type: 'abort' }
  /** Answer to a blob request; with `present` false there is no such blob (for this plugin). */
  | { readonly type: 'blob'; readonly request: number; readonly present: boolean; readonly reference?: unknown }

const request = z.int().min(0)
const text = (longest: number): z.ZodString => z.string().max(longest)

/** What went wrong inside a plugin, as plain data. */
export const pluginFailure = z.strictObject({
  name: text(200),
  message: text(20_000),
  stack: text(50_000).exactOptional(),
  /** Of an error that explains itself. */
  field: text(1000).nullable().exactOptional(),
  fix: text(20_000).exactOptional(),
  /** Of Node's permission model: the right that was missing, and for what. */
  permission: text(200).exactOptional(),
  resource: text(5000).exactOptional(),
})
export type PluginFailure = z.output<typeof pluginFailure>

/** Plugin to host: nothing in it is trusted. */
export const fromPlugin = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('heartbeat'), memory: z.number() }),
  z.strictObject({ type: z.literal('event'), event: z.record(z.string(), z.unknown()) }),
  z.strictObject({ type: z.literal('blob-get'), request, sha256: text(64) }),
  z.strictObject({ type: z.literal('blob-has'), request, sha256: text(64) }),
  z.strictObject({ type: z.literal('blob-put'), request, mediaType: text(200), name: text(255).exactOptional() }),
  z.strictObject({ type: z.literal('result'), value: z.unknown() }),
  z.strictObject({ type: z.literal('failed'), failure: pluginFailure }),
])
export type FromPlugin = z.output<typeof fromPlugin>
