import { formats } from '@graft/network'
import { homedir } from 'node:os'
import { join, posix } from 'node:path'
import { z } from 'zod'
import { type CatalogueNetwork, findNetwork } from '../catalogue/index.js'
import { DownloadError, type DownloadOptions, fetchText, keptPath } from '../downloads/index.js'
import { NodeError } from '../sdk/node-error.js'
import type { Hub, ResolvedModel } from './hub.js'

/** What the hub says of a repository: `/api/models/NAME/revision/REVISION?blobs=true`. */
const answerSchema = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.number().optional(),
      lfs: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }).nullish(),
    }),
  ),
  cardData: z.object({ license: z.union([z.string(), z.array(z.string())]).optional() }).nullish(),
})
type Answer = z.output<typeof answerSchema>

/** `ORG/REPO`, with a revision behind `@`. */
const namePattern = /^([\w.-]+\/[\w.-]+)(?:@([\w.-]+))?$/

export const huggingFaceHub: Hub = {
  prefix: 'hf',
  title: 'Hugging Face',
  example: 'timm/resnet18.a1_in1k',
  host: 'huggingface.co',
  resolve: (name, options) => resolveRepository(name, findNetwork(name), options),
}

/** timm's networks are repositories of the organisation `timm`. */
export const timmHub: Hub = {
  prefix: 'timm',
  title: 'timm',
  example: 'mobilenetv3_large_100.ra_in1k',
  host: 'huggingface.co',
  async resolve(name, options) {
    const [plain = '', revision] = name.split('@')
    const network = findNetwork(`timm:${plain}`)
    const repository = network?.repository ?? `timm/${plain}`
    return resolveRepository(revision === undefined ? repository : `${repository}@${revision}`, network, options)
  },
}

/** Whether it reads like a repository of the Hugging Face hub. */
export const isRepository = (name: string): boolean => namePattern.test(name)

async function resolveRepository(
  name: string,
  network: CatalogueNetwork | undefined,
  options: DownloadOptions,
): Promise<ResolvedModel> {
  const [, repository, revision = 'main'] = namePattern.exec(name) ?? []
  if (repository === undefined)
    throw new NodeError('source', `"${name}" is not a repository of the Hugging Face hub.`, 'Write ORGANISATION/NAME.')
  const origin = endpoint()
  const token = process.env.HF_TOKEN || undefined
  const question = new URL(`${origin}/api/models/${repository}/revision/${revision}?blobs=true`)
  const about = await fetchText(question, { token }, options)
  if (about === null) throw noSuchRepository(name, token)
  const answer = parsed(about, name)
  const main = mainFile(answer, name)
  const files = new Map(answer.siblings.map((file) => [file.rfilename, file]))
  const folder = main.slice(0, main.lastIndexOf('/') + 1)
  const pathOf = (file: string): string => posix.join(folder, file)
  const licence = answer.cardData?.license
  return {
    label: `${network?.name ?? `hf:${repository}`}@${answer.sha.slice(0, 12)}`,
    address: `${origin}/${repository}/resolve/${answer.sha}/${main.split('/').map(encodeURIComponent).join('/')}`,
    wanted: (file) => {
      const sha256 = files.get(pathOf(file))?.lfs?.sha256
      return { sha256, token, copies: [join(snapshotOf(repository, answer.sha), pathOf(file))] }
    },
    has: (file) => files.has(pathOf(file)),
    answers: [keptPath(question, options)],
    bytes: files.get(main)?.size ?? network?.bytes,
    licence: typeof licence === 'string' ? licence : network?.licence,
    network,
  }
}

/** `HF_ENDPOINT`, as its own programs read it. */
export function endpoint({ HF_ENDPOINT }: NodeJS.ProcessEnv = process.env): string {
  return (HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '')
}

function parsed(text: string, name: string): Answer {
  try {
    return answerSchema.parse(JSON.parse(text))
  } catch {
    throw new DownloadError(
      'content',
      `The hub at ${endpoint()} did not say what it should of ${name}.`,
      'Check HF_ENDPOINT, or give the address of the file.',
    )
  }
}

function noSuchRepository(name: string, token: string | undefined): NodeError {
  return new NodeError(
    'source',
    `The hub at ${new URL(endpoint()).host} has no model ${name}, or doesn't show it${token === undefined ? ' without a token' : ' to the owner of HF_TOKEN'}.`,
    'Check its spelling (`graft models search` lists the catalogue). Of a private or gated model, accept the conditions on its page and set HF_TOKEN.',
  )
}

/** Names that hold a network, the likeliest first; then any file that reads like a format's. */
const usualNames = [
  'model.safetensors',
  'model.safetensors.index.json',
  'pytorch_model.bin',
  'model.onnx',
  'onnx/model.onnx',
  'model.json',
  'model.keras',
]

function mainFile({ siblings }: Answer, name: string): string {
  const names = siblings.map(({ rfilename }) => rfilename)
  const usual = usualNames.find((file) => names.includes(file))
  if (usual !== undefined) return usual
  const telling = formats.filter(({ nameTells }) => nameTells).flatMap(({ extensions }) => extensions)
  const [found] = telling.flatMap((extension) => names.filter((file) => file.endsWith(extension)))
  if (found !== undefined) return found
  throw new NodeError(
    'source',
    `${name} holds no file of a network that can be loaded. It holds ${names.slice(0, 8).join(', ')}.`,
    'Choose another repository, or give the address of a file.',
  )
}

/** Where the hub's own programs keep the files of a revision. */
function snapshotOf(repository: string, sha: string, environment: NodeJS.ProcessEnv = process.env): string {
  const { HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME } = environment
  const home = HF_HOME || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface')
  return join(HF_HUB_CACHE || join(home, 'hub'), `models--${repository.replace('/', '--')}`, 'snapshots', sha)
}
