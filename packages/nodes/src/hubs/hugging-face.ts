import { formats } from '@graft/network'
import { didYouMean, listNames } from '@graft/graph-schema'
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
const repositoryPattern = /^[\w.-]+\/[\w.-]+(?:@[\w.-]+)?$/
/** The same, with one of its files behind another slash. */
const namePattern = /^([\w.-]+\/[\w.-]+)(?:@([\w.-]+))?(?:\/(.+))?$/

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
export const isRepository = (name: string): boolean => repositoryPattern.test(name)

async function resolveRepository(
  name: string,
  network: CatalogueNetwork | undefined,
  options: DownloadOptions,
): Promise<ResolvedModel> {
  const [, repository, revision = 'main', wanted] = namePattern.exec(name) ?? []
  if (repository === undefined)
    throw new NodeError(
      'source',
      `"${name}" is not a repository of the Hugging Face hub.`,
      'Write ORGANISATION/NAME, or ORGANISATION/NAME/FILE for one of its files.',
    )
  const origin = endpoint()
  const token = process.env.HF_TOKEN || undefined
  const question = new URL(`${origin}/api/models/${repository}/revision/${revision}?blobs=true`)
  const about = await fetchText(question, { token }, options)
  if (about === null) throw noSuchRepository(name, token)
  const answer = parsed(about, name)
  const candidates = networkFiles(answer)
  const main = mainFile(answer, candidates, repository, wanted)
  const files = new Map(answer.siblings.map((file) => [file.rfilename, file]))
  const folder = main.slice(0, main.lastIndexOf('/') + 1)
  const pathOf = (file: string): string => posix.join(folder, file)
  const licence = answer.cardData?.license
  return {
    label: `${network?.name ?? `hf:${repository}${wanted === undefined ? '' : `/${wanted}`}`}@${answer.sha.slice(0, 12)}`,
    address: `${origin}/${repository}/resolve/${answer.sha}/${main.split('/').map(encodeURIComponent).join('/')}`,
    wanted: (file) => {
      const sha256 = files.get(pathOf(file))?.lfs?.sha256
      return { sha256, token, copies: [join(snapshotOf(repository, answer.sha), pathOf(file))] }
    },
    has: (file) => files.has(pathOf(file)),
    answers: [keptPath(question, options)],
    others: candidates.filter((file) => file !== main).map((file) => `hf:${repository}/${file}`),
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
  /^model\.safetensors$/,
  /^model-00001-of-\d{5}\.safetensors$/,
  /^pytorch_model\.bin$/,
  /^model\.onnx$/,
  /^onnx\/model\.onnx$/,
  /^model\.json$/,
  /^model\.keras$/,
]
const isUsual = (file: string): boolean => usualNames.some((usual) => usual.test(file))

/** The files of a repository that may be a network each, the likeliest first; of one in several only the first part. */
function networkFiles({ siblings }: Answer): readonly string[] {
  const names = siblings.map(({ rfilename }) => rfilename)
  const usual = usualNames.flatMap((pattern) => names.filter((file) => pattern.test(file)))
  const telling = formats.filter(({ nameTells }) => nameTells).flatMap(({ extensions }) => extensions)
  const others = telling.flatMap((extension) => names.filter((file) => file.endsWith(extension)))
  return [...new Set([...usual, ...others])].filter((file) => !laterShard.test(file))
}

const laterShard = /-(?!00001)\d{5}-of-\d{5}\.\w+$/

/**
 * The file that is wanted, or the likeliest: one with a usual name, else the only one there is.
 * @throws NodeError naming the files where there is none, or several none of which is the usual one
 */
function mainFile(
  { siblings }: Answer,
  candidates: readonly string[],
  repository: string,
  wanted: string | undefined,
): string {
  const names = siblings.map(({ rfilename }) => rfilename)
  if (wanted !== undefined) {
    if (names.includes(wanted)) return wanted
    throw new NodeError(
      'source',
      `${repository} has no file "${wanted}".`,
      `${didYouMean(wanted, names)}Files of it that may be networks: ${shortList(candidates)}.`,
    )
  }
  const [first, second] = candidates
  if (first !== undefined && (second === undefined || isUsual(first))) return first
  throw first === undefined
    ? new NodeError(
        'source',
        `${repository} holds no file of a network that can be loaded. It holds ${shortList(names)}.`,
        'Choose another repository, or give the address of a file.',
      )
    : new NodeError(
        'source',
        `${repository} holds several networks: ${shortList(candidates)}.`,
        `Choose one by its name, such as hf:${repository}/${first}.`,
      )
}

const shortList = (names: readonly string[]): string => listNames(names, 8) || 'nothing'

/** Where the hub's own programs keep the files of a revision. */
function snapshotOf(repository: string, sha: string, environment: NodeJS.ProcessEnv = process.env): string {
  const { HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME } = environment
  const home = HF_HOME || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface')
  return join(HF_HUB_CACHE || join(home, 'hub'), `models--${repository.replace('/', '--')}`, 'snapshots', sha)
}
