import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { PortKind } from '@graft/graph-schema'

export interface MadePlugin {
  /**
   * Body of `run` of its one node, `gives`; sees `params`, `inputs`, `context` and everything of `z`, `defineNode`,
   * `NodeError`.
   */
  readonly run?: string
  /** More fields of the node, as source text: `migrations: [...],`. */
  readonly fields?: string
  /** Source text of `params`. */
  readonly params?: string
  /** Code of the module before the plugin is defined. */
  readonly before?: string
  readonly permissions?: Readonly<Record<string, unknown>>
  readonly version?: string
  readonly files?: Readonly<Record<string, string>>
  readonly output?: PortKind
}

/** Writes a plugin with one node (no input needed, one number as output) into a new folder; for tests. */
export function makePlugin(name: string, made: MadePlugin = {}): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'graft-plugin-')), name)
  const manifest = {
    name: `graft-${name}`,
    version: made.version ?? '1.0.0',
    type: 'module',
    graft: { name, apiVersion: 1, permissions: made.permissions ?? {} },
  }
  const files = { 'package.json': JSON.stringify(manifest, null, 2), 'index.js': moduleOf(made), ...made.files }
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

function moduleOf({
  run = 'return { value: 1 }',
  fields = '',
  params = 'z.strictObject({})',
  before = '',
  output = 'number',
}: MadePlugin): string {
  return `import { definePlugin, defineNode, NodeError, z } from '@graft/nodes/sdk'
${before}
export default definePlugin({
  nodes: [defineNode({
    type: 'gives', version: 1, title: 'Gives', category: 'Data', doc: 'Gives a number for a test. Nothing else.',
    inputs: { value: { kind: 'number', title: 'Number', description: 'Any number.', optional: true } },
    outputs: { value: { kind: '${output}', title: 'Number', description: 'The number.' } },
    params: ${params},
    ${fields}
    run: async ({ params, inputs, context }) => { ${run} },
  })],
})
`
}
