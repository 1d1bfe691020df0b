import { metricsValueSchema, wireValues, worthRank } from '@graft/graph-schema'
import type { AdviceValue, BlobReference, GraphDocument, NodeRunState } from '@graft/graph-schema'
import { z } from 'zod'

/** Older metrics are brought up to date by their schema, so they stand outside the union by `kind`. */
const value = z.union([
  metricsValueSchema,
  wireValues.report,
  wireValues.file,
  wireValues.model,
  wireValues.advice,
  // As little as is needed here, so that a run of another version still shows its images.
  wireValues.dataset.pick({
    kind: true,
    split: true,
    name: true,
    classNames: true,
    count: true,
    samples: true,
    root: true,
  }),
])

/** Stands for the output of a node that is still at work. */
const interimPort = 'interim'

export interface MetricsResult {
  readonly node: string
  readonly port: string
  readonly split: string
  readonly count: number
  readonly detail: BlobReference
}

export interface FileResult {
  readonly node: string
  readonly blob: BlobReference
  readonly title: string
  readonly kind: 'report' | 'file'
}

export interface ModelResult {
  readonly node: string
  readonly name: string
  readonly classNames: readonly string[]
}

export interface DatasetResult {
  readonly node: string
  readonly port: string
  readonly split: string
  readonly count: number
  readonly samples: BlobReference
  readonly root?: string
  /** The network that was asked about these images, where it is known. */
  readonly model?: { readonly runId: string; readonly node: string }
}

export interface AdviceResult {
  readonly node: string
  readonly port: string
  readonly advice: AdviceValue
}

export interface RunResults {
  readonly metrics: readonly MetricsResult[]
  readonly advice: readonly AdviceResult[]
  readonly files: readonly FileResult[]
  /** Networks with a classifier that has learned something: the ones to try, the best bet first. */
  readonly models: readonly ModelResult[]
  readonly datasets: readonly DatasetResult[]
}

/**
 * What the nodes of a run gave, sorted by kind of value; never by type of node, so that plugins' results show as well.
 */
export function resultsOf(nodes: Readonly<Record<string, Pick<NodeRunState, 'outputs' | 'interim'>>>): RunResults {
  const found = Object.entries(nodes).flatMap(([node, { outputs }]) =>
    Object.entries(outputs ?? {}).flatMap(([port, output]) => {
      const parsed = value.safeParse(output)
      return parsed.success ? [{ node, port, value: parsed.data }] : []
    }),
  )
  return {
    metrics: [
      ...found.flatMap(({ node, port, value: item }) =>
        item.kind === 'metrics' ? [{ node, port, split: item.split, count: item.count, detail: item.detail }] : [],
      ),
      ...Object.entries(nodes).flatMap(([node, { interim }]) =>
        interim === undefined ? [] : [{ node, port: interimPort, split: '', count: 0, detail: interim }],
      ),
    ],
    advice: found.flatMap(({ node, port, value: item }) =>
      item.kind === 'advice' ? [{ node, port, advice: item }] : [],
    ),
    files: found.flatMap(({ node, value: item }): readonly FileResult[] =>
      item.kind === 'report'
        ? [{ node, kind: 'report', blob: item.blob, title: item.title }]
        : item.kind === 'file'
          ? [{ node, kind: 'file', blob: item.blob, title: item.blob.name ?? 'file' }]
          : [],
    ),
    models: modelsToTry(
      found.flatMap(({ node, value: item }) =>
        item.kind === 'model' && item.network.head !== null && item.network.head.names.length > 0
          ? [{ node, name: item.network.name, classNames: item.network.head.names, network: item.network }]
          : [],
      ),
      new Set(found.flatMap(({ node, value: item }) => (item.kind === 'metrics' ? [node] : []))),
    ),
    datasets: found.flatMap(({ node, port, value: item }) =>
      item.kind === 'dataset'
        ? [
            {
              node,
              port,
              split: item.split,
              count: item.count,
              samples: item.samples,
              ...(item.root === undefined ? {} : { root: item.root }),
            },
          ]
        : [],
    ),
  }
}

/**
 * What a person wants to try: the networks that were trained in this run, the last one first; in a run without training
 * those that know something. One with weights that are still drawn at random would only guess.
 * @param measured nodes that gave metrics; one that gives a network too has trained it
 */
function modelsToTry(
  models: readonly (ModelResult & { readonly network: object })[],
  measured: ReadonlySet<string>,
): readonly ModelResult[] {
  const trained = models.filter(({ node }) => measured.has(node))
  const known = trained.length > 0 ? trained : models.filter(({ network }) => !isPartlyRandom(network))
  return known.map(({ network: _, ...model }) => model).toReversed()
}

const parameters = z.object({
  parameters: z.record(
    z.string(),
    z.object({ source: z.object({ kind: z.string(), initializer: z.object({ name: z.string() }).optional() }) }),
  ),
})
/** Initialisers that give the same values to everybody, such as a scale of one. */
const fixed: readonly string[] = ['zeros', 'ones', 'constant', 'segments', 'windowMask']

function isPartlyRandom(network: object): boolean {
  const parsed = parameters.safeParse(network)
  return (
    parsed.success &&
    Object.values(parsed.data.parameters).some(
      ({ source }) => source.initializer !== undefined && !fixed.includes(source.initializer.name),
    )
  )
}

/**
 * The images that a node measured on: those wired into it, else the ones of the same split and number. Null when the
 * run doesn't tell.
 */
export function datasetBehind(
  results: RunResults,
  document: GraphDocument | null,
  { node, split, count }: Pick<MetricsResult, 'node' | 'split' | 'count'>,
): DatasetResult | null {
  const wired = (document?.edges ?? [])
    .filter(({ to }) => to.node === node)
    .flatMap(({ from }) => results.datasets.filter((item) => item.node === from.node && item.port === from.port))
  const fits = (item: DatasetResult): boolean => item.split === split && item.count === count
  return wired.find(fits) ?? results.datasets.find(fits) ?? wired.find((item) => item.count === count) ?? null
}

/** The node whose network was measured by a node: itself, or the one wired into it. Null when the run doesn't tell. */
export function modelBehind(
  { models }: Pick<RunResults, 'models'>,
  document: GraphDocument | null,
  node: string,
): string | null {
  const isModel = (id: string): boolean => models.some((model) => model.node === id)
  if (isModel(node)) return node
  return document?.edges.find(({ from, to }) => to.node === node && isModel(from.node))?.from.node ?? null
}

/** Test results first, then validation: the order in which they are worth believing. */
export function byWorth<Item extends { readonly split: string }>(items: readonly Item[]): readonly Item[] {
  return items.toSorted((a, b) => worthRank(a.split) - worthRank(b.split))
}
