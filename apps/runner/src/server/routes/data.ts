import { HttpProblem } from '../http/http-problem.js'
import { browse } from '../data/browse.js'
import { receiveUpload } from '../data/receive-upload.js'
import { findNearCopiesIn } from '../data/near-copies.js'
import { summariseDataset } from '../data/summarise-dataset.js'
import type { Handlers } from '../http/register.js'
import { askAgain, sendImmutableFile } from '../http/send-file.js'
import { deleteUpload, listUploads } from '../data/uploads.js'
import type { Services } from '../services/services.js'
import { thumbnailOfFile } from '../images/thumbnail.js'
import { imageOr422 } from './artifacts.js'

type Names =
  | 'listDataRoots'
  | 'browseData'
  | 'tellPath'
  | 'summariseData'
  | 'findNearCopies'
  | 'getDataThumbnail'
  | 'uploadData'
  | 'listUploads'
  | 'deleteUpload'

export function dataHandlers(services: Services): Pick<Handlers, Names> {
  const { roots } = services
  const folder = async (given: string): Promise<string> => {
    const { path, stats } = await roots.find(given)
    if (!stats.isDirectory())
      throw new HttpProblem(422, 'not-a-folder', 'This path is a file; a folder was expected.', { field: 'path' })
    return path
  }
  return {
    listDataRoots: async () => ({ roots: await roots.list() }),
    tellPath: async ({ query }) => ({
      kind: await roots.find(query.path).then(
        ({ stats }) => (stats.isDirectory() ? 'directory' : 'file'),
        (error: unknown) => (error instanceof HttpProblem && error.status === 404 ? 'nothing' : 'refused'),
      ),
    }),
    browseData: async ({ query }) => {
      const path = await folder(query.path)
      return browse(path, roots.parentOf(path))
    },
    summariseData: async ({ query }) => summariseDataset(services, await folder(query.path)),
    findNearCopies: async ({ query }) => findNearCopiesIn(services, await folder(query.path)),
    getDataThumbnail: async ({ query, request, response }) => {
      const { path, stats } = await roots.find(query.path)
      if (!stats.isFile())
        throw new HttpProblem(422, 'not-an-image', 'This path is not a file; an image was expected.', { field: 'path' })
      const { path: file, key } = await imageOr422(() => thumbnailOfFile(services, path, query.size))
      response.set('Content-Type', 'image/jpeg')
      await sendImmutableFile(file, `"${key}"`, request, response, askAgain)
    },
    listUploads: async () => ({ uploads: await listUploads(services) }),
    deleteUpload: ({ params }) => deleteUpload(params.name, services),
    uploadData: async ({ query, request }) => {
      const upload = await receiveUpload(request, query, services)
      // A folder that is not a dataset yet (one class, say) is stored all the same: more can be added.
      const summary = await summariseDataset(services, upload.path).catch(() => null)
      return { ...upload, summary }
    },
  }
}
