import { randomBytes } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunState, Sample } from '@graft/graph-schema'
import { datasetsBefore } from '../../runs/datasets-before.js'
import { HttpProblem, notFound } from '../http/http-problem.js'
import { readBody } from '../http/read-body.js'
import type { Handlers } from '../http/register.js'
import { createSampleFinder } from '../images/sample-thumbnail.js'
import type { Services } from '../services/services.js'

/** The first time hundreds of images go through the network. */
const familiarityMilliseconds = 5 * 60_000

/** What a trained network says about one image. */
export function answerHandlers(services: Services): Pick<Handlers, 'predict' | 'explain' | 'familiarity'> {
  const { runs, limits, helpers, store, memory, roots } = services
  const sampleOf = createSampleFinder(store, memory)
  const modelIn = async (id: string, wanted: string | undefined): Promise<ReturnType<typeof modelOf>> => {
    if (runs.find(id) === null) throw notFound(`run "${id}"`)
    await runs.prepareState(id)
    return modelOf(runs.state(id), wanted)
  }
  const upload = async (request: Parameters<typeof readBody>[0]): Promise<Buffer> => {
    const bytes = await readBody(request, limits.imageBytes)
    if (bytes.byteLength === 0)
      throw new HttpProblem(400, 'body-missing', 'There is no image in the body. Send the bytes of one.')
    return bytes
  }
  return {
    predict: async ({ params, query, request }) => {
      const { node, model } = await modelIn(params.id, query.node)
      const bytes = await upload(request)
      return { node, ...(await withFile(services, bytes, (image) => helpers.slow.ask('predict', { model, image }))) }
    },
    explain: async ({ params, query, request }) => {
      const { node, model } = await modelIn(params.id, query.node)
      const about = { model, ...(query.class !== undefined && { classIndex: query.class }) }
      if (query.samples === undefined || query.sample === undefined) {
        const bytes = await upload(request)
        const answer = withFile(services, bytes, (image) => helpers.slow.ask('explain', { ...about, image }))
        return { node, ...(await answer) }
      }
      const sample = await sampleOf({ sha256: query.samples, root: query.root, id: query.sample })
      return { node, ...(await helpers.slow.ask('explain', { ...about, sample: await inRoots(sample, roots) })) }
    },
    familiarity: async ({ params, query, request }) => {
      const { node, model } = await modelIn(params.id, query.node)
      const bytes = await upload(request)
      const { train, val } = datasetsBefore(runs.requestOf(params.id).document, runs.state(params.id), node)
      if (train === undefined || val === undefined)
        return { node, asFar: 0, validation: 0, training: 0, unfamiliar: false }
      const ask = (image: string) =>
        helpers.slow.ask('familiarity', { model, image, train, validation: val }, familiarityMilliseconds)
      return { node, ...(await withFile(services, bytes, ask)) }
    },
  }
}

/** A file has to lie inside the data roots; drawn samples have none. */
async function inRoots(sample: Sample, roots: Services['roots']): Promise<Sample> {
  return sample.path === undefined ? sample : { ...sample, path: (await roots.find(sample.path)).path }
}

async function withFile<Answer>(
  { home }: Services,
  bytes: Buffer,
  work: (image: string) => Promise<Answer>,
): Promise<Answer> {
  const image = join(home.temporary, `image-${randomBytes(8).toString('hex')}`)
  await mkdir(home.temporary, { recursive: true })
  try {
    await writeFile(image, bytes, { flag: 'wx' })
    return await work(image)
  } finally {
    await rm(image, { force: true })
  }
}

/** The model that a node gave; without a name, the last one that has one. */
function modelOf(state: RunState, wanted: string | undefined): { readonly node: string; readonly model: unknown } {
  const ids = wanted === undefined ? Object.keys(state.nodes).toReversed() : [wanted]
  for (const node of ids) {
    const model = Object.values((Object.hasOwn(state.nodes, node) ? state.nodes[node]?.outputs : undefined) ?? {}).find(
      isModel,
    )
    if (model !== undefined) return { node, model }
  }
  throw new HttpProblem(
    409,
    'no-model',
    wanted === undefined
      ? 'No node of this run has given a model yet.'
      : `The node "${wanted}" has given no model in this run. Name one that has, or wait until it is done.`,
    wanted === undefined ? {} : { node: wanted },
  )
}

function isModel(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'model'
}
