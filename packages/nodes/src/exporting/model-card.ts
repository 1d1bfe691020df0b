import { describePreprocessing, type FormatWriter, type Network, originOf } from '@graft/network'
import type { Score } from '@graft/graph-schema'
import { type SnippetFacts, snippets } from './snippets/index.js'

export interface CardFacts extends SnippetFacts {
  readonly writer: FormatWriter
  /** What was measured, and on what: "test images". */
  readonly measured: readonly { readonly on: string; readonly count: number; readonly scores: readonly Score[] }[]
  /** What came of running the file. */
  readonly check: string | null
  /** The nodes that made the model, in order, each with its settings. */
  readonly recipe: readonly string[]
}

/** A model card: Markdown with the metadata that hubs read, to lie beside an exported file. */
export function modelCard(facts: CardFacts): string {
  const { network, writer, measured, check, recipe, fileName } = facts
  const { provenance, head } = network
  const names = head?.names ?? []
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['Classes', names.length === 0 ? [] : [names.map((name) => `\`${plain(name)}\``).join(', ')]],
    ['How images are prepared', preparation(network)],
    ['How well it works', [...measured.map(measuredLine), ...(check === null ? [] : [check])]],
    ['How it was made', recipe.map((step) => `- ${plain(step)}`)],
    ['Where it comes from', origin(provenance)],
    [
      'How to use it',
      snippets
        .filter(({ writers }) => writers.includes(writer.id))
        .flatMap((snippet) => [
          `${snippet.title}:`,
          '',
          `\`\`\`${snippet.language}`,
          snippet.program(facts),
          '```',
          '',
        ]),
    ],
  ]
  const body = sections.flatMap(([title, lines]) => (lines.length === 0 ? [] : [`## ${title}`, '', ...lines, '']))
  return [
    ...frontMatter(facts),
    `# ${plain(network.name)}`,
    '',
    `\`${fileName}\`: ${writer.title}, ${names.length} classes. Made with Graft.`,
    '',
    ...body,
  ].join('\n')
}

function frontMatter({ network, measured }: CardFacts): string[] {
  const results = measured.flatMap(({ on, scores }) =>
    scores.map(
      ({ name, value }) =>
        `          - type: ${name}\n            value: ${value}\n            name: ${JSON.stringify(`${name} on ${on}`)}`,
    ),
  )
  return [
    '---',
    `license: ${licenceId(network.provenance.licence)}`,
    'pipeline_tag: image-classification',
    'tags:',
    '  - image-classification',
    '  - transfer-learning',
    '  - graft',
    ...(results.length === 0
      ? []
      : [
          'model-index:',
          `  - name: ${JSON.stringify(network.name)}`,
          '    results:',
          '      - task:',
          '          type: image-classification',
          '        metrics:',
          ...results,
        ]),
    '---',
    '',
  ]
}

/** As hubs spell licences; what isn't such a name is "other". */
const licenceId = (licence: string | null): string =>
  licence !== null && /^[\w.-]{2,40}$/.test(licence) ? licence.toLowerCase() : 'other'

function preparation(network: Network): string[] {
  const { certain, reason } = originOf(network)
  return [
    describePreprocessing(network.preprocessing),
    ...(certain ? [] : ['', `Whether that is how the pre-trained network was made for is not certain: ${reason}.`]),
  ]
}

const measuredLine = ({ on, count, scores }: CardFacts['measured'][number]): string =>
  `- On ${count} ${on}: ${scores.map(({ title, format, value }) => `${title} ${format === 'percent' ? `${(100 * value).toFixed(1)}%` : Number(value.toPrecision(3))}`).join(', ')}.`

const origin = ({ source, licence, history }: Network['provenance']): string[] => [
  `- Weights from ${plain(source)}, licence ${licence === null ? 'not stated' : plain(licence)}.`,
  ...history.map((line) => `- ${plain(line)}`),
]

/** Text of files and people without what Markdown or HTML would act on. */
const plain = (text: string): string =>
  text.replaceAll(/[\u0000-\u001f\u007f]/g, ' ').replaceAll(/[<>`[\]*_|]/g, (sign) => `\\${sign}`)
