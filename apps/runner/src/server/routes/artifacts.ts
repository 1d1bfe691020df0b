import { textOf } from '@graft/errors'
import { HelperRefusal } from '../../helper/helper-protocol.js'
import { HttpProblem, notFound } from '../http/http-problem.js'
import type { Handlers } from '../http/register.js'
import { artifactPolicy } from '../security/headers.js'
import { sendImmutableFile } from '../http/send-file.js'
import { createSampleFinder, sampleThumbnail } from '../images/sample-thumbnail.js'
import { thumbnailOfFile } from '../images/thumbnail.js'
import { StoreError } from '../../store/file-blob-store.js'
import type { FileBlobStore } from '../../store/file-blob-store.js'
import type { Services } from '../services/services.js'

/** What a browser may show; everything else is offered as a download. */
const shown = /^(image\/(png|jpeg|webp|gif|avif)|text\/(plain|csv|html)|application\/json)$/

export function artifactHandlers(
  services: Services,
): Pick<Handlers, 'getArtifact' | 'getArtifactThumbnail' | 'getSampleThumbnail'> {
  const { store, memory } = services
  const sampleOf = createSampleFinder(store, memory)
  return {
    getArtifact: async ({ params, query, request, response }) => {
      const path = await wholeOr404(store, params.sha256)
      const description = await store.describe(params.sha256)
      const mediaType = (description?.mediaType ?? 'application/octet-stream').toLowerCase()
      const isShown = shown.test(mediaType)
      response.set('Content-Security-Policy', artifactPolicy)
      response.set(
        'Content-Type',
        isShown ? `${mediaType}${mediaType.startsWith('image/') ? '' : '; charset=utf-8'}` : 'application/octet-stream',
      )
      if (query.download !== undefined || !isShown)
        response.set(
          'Content-Disposition',
          contentDisposition(query.download ?? description?.name ?? `${params.sha256.slice(0, 12)}.bin`),
        )
      await sendImmutableFile(path, `"${params.sha256}"`, request, response)
    },
    getArtifactThumbnail: async ({ params, query, request, response }) => {
      const file = await wholeOr404(store, params.sha256)
      const path = await imageOr422(() => thumbnailOfFile(services, file, query.size, params.sha256))
      response.set('Content-Type', 'image/jpeg')
      await sendImmutableFile(path.path, `"${path.key}"`, request, response)
    },
    getSampleThumbnail: async ({ params, query, request, response }) => {
      const sample = await sampleOf({ sha256: params.sha256, root: query.root, id: query.id })
      const image = await imageOr422(() => sampleThumbnail(services, sample, query.size))
      response.set('Content-Type', 'image/jpeg')
      await sendImmutableFile(image.path, `"${image.key}"`, request, response)
    },
  }
}

/** Path of a stored file whose content has its checksum, read once per process and change; nothing else is handed out. */
async function wholeOr404(store: FileBlobStore, sha256: string): Promise<string> {
  try {
    return await store.pathOfWhole(sha256)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    if (error.code === 'store-damaged') throw new HttpProblem(404, error.code, textOf(error))
    throw notFound(`artifact ${sha256.slice(0, 12)}…`)
  }
}

/** The name, made safe: no folders, no control characters; other alphabets as RFC 5987. */
export function contentDisposition(name: string): string {
  const clean =
    (name.split(/[\\/]/).at(-1) ?? '')
      .replaceAll(/[\p{Cc}\p{Cs}"\\]/gu, '')
      .replace(/^\.+/, '')
      .slice(0, 150) || 'artifact'
  const ascii = clean.replaceAll(/[^\x20-\x7e]/g, '_')
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(clean).replaceAll(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)}`
}

/** Not every file is an image; that is the asker's mistake. */
export async function imageOr422<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof HelperRefusal && error.kind === 'problems')
      throw new HttpProblem(422, 'not-an-image', error.problems[0]?.message ?? 'This is not an image that can be read.')
    throw error
  }
}
