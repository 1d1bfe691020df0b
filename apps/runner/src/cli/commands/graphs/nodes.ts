import { describeSchema, didYouMean, listNames } from '@graft/graph-schema'
import type { JsonSchema, NodeManifest, Port } from '@graft/graph-schema'
import { manifestOf } from '@graft/nodes'
import { Command } from 'commander'
import { callError } from '../../cli-error.js'
import { colorsFor } from '../../../text/colors.js'
import type { Colors } from '../../../text/colors.js'
import type { Surroundings } from '../../surroundings.js'
import { withPlugins } from '../../with-plugins.js'

/** `graft nodes`: lists the node types, or explains one. */
export function nodesCommand(around: Surroundings): Command {
  return new Command('nodes')
    .description('List the node types, or explain one: its ports and parameters')
    .argument('[type]', 'node type to explain')
    .option('--json', 'print manifests as JSON')
    .action(async (type: string | undefined, { json }: { readonly json?: boolean }) => {
      const { library } = await withPlugins(around)
      const manifests = library.map(manifestOf)
      const shown = type === undefined ? manifests : [find(type, manifests)]
      const colors = colorsFor(process.stdout)
      if (json) process.stdout.write(`${JSON.stringify(type === undefined ? shown : shown[0], null, 2)}\n`)
      else
        process.stdout.write(
          `${(type === undefined ? list(shown, colors) : shown.flatMap((manifest) => explain(manifest, colors))).join('\n')}\n`,
        )
    })
}

function find(type: string, manifests: readonly NodeManifest[]): NodeManifest {
  const found = manifests.find((manifest) => manifest.type === type)
  const types = manifests.map((manifest) => manifest.type)
  if (found === undefined)
    throw callError(
      'node-type-unknown',
      `There is no node type called "${type}".`,
      `${didYouMean(type, types)}The node types are ${listNames(types, 40)}.`,
    )
  return found
}

function list(manifests: readonly NodeManifest[], colors: Colors): string[] {
  const width = Math.max(0, ...manifests.map((manifest) => manifest.type.length))
  const categories = [...new Set(manifests.map((manifest) => manifest.category))]
  return categories.flatMap((category) => [
    colors.bold(category),
    ...manifests
      .filter((manifest) => manifest.category === category)
      .map((manifest) => `  ${colors.cyan(manifest.type.padEnd(width))}  ${firstSentence(manifest.doc)}`),
  ])
}

const firstSentence = (text: string): string => /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text

function explain(manifest: NodeManifest, colors: Colors): string[] {
  return [
    `${colors.bold(manifest.title)}  ${colors.dim(`${manifest.type}, version ${manifest.version}, ${manifest.category}`)}`,
    manifest.doc,
    '',
    ...ports('inputs', manifest.inputs, colors),
    ...ports('outputs', manifest.outputs, colors),
    ...params(manifest.params, colors),
  ]
}

function ports(title: string, shown: Readonly<Record<string, Port>>, colors: Colors): string[] {
  const lines = Object.entries(shown).map(([name, port]) => {
    const notes = [
      port.kind,
      ...(port.splits ? [port.splits.join(' or ')] : []),
      ...(port.optional ? ['optional'] : []),
      ...(port.multiple ? ['several'] : []),
    ]
    return `  ${colors.cyan(name)}  ${colors.dim(notes.join(', '))}  ${port.description}`
  })
  return lines.length === 0 ? [] : [colors.bold(title), ...lines, '']
}

function params(schema: JsonSchema, colors: Colors): string[] {
  const properties = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>)
  const width = Math.max(0, ...properties.map(([name]) => name.length))
  const lines = properties.map(([name, field]) => {
    const fallback = 'default' in field ? `, default ${JSON.stringify(field['default'])}` : ''
    const what = colors.dim(`${' '.repeat(width)}    ${describeSchema(field)}${fallback}`)
    return [`  ${colors.cyan(name.padEnd(width))}  ${String(field['description'] ?? '')}`.trimEnd(), what].join('\n')
  })
  return lines.length === 0 ? [] : [colors.bold('parameters'), ...lines]
}
