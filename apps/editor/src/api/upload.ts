import { endpoints } from '@graft/graph-schema'
import { ApiError, errorOfAnswer, offlineError } from './api-error.js'
import { addressOf } from './client.js'
import type { Answer } from './client.js'
import { authorization } from './token.js'

export interface UploadOptions {
  readonly name: string
  /** What to do when an upload of this name is there. */
  readonly existing: 'refuse' | 'replace' | 'rename'
  /** A zip, or a form of files. */
  readonly content: Blob | FormData
  readonly signal: AbortSignal
  /** Share that is sent, 0 to 1; then the runner looks through the images. */
  readonly onProgress: (share: number) => void
}

/**
 * Sends images to the runner. By XMLHttpRequest, because `fetch` doesn't tell how far an upload is. Throws an
 * ApiError.
 */
export function uploadImages({
  name,
  existing,
  content,
  signal,
  onProgress,
}: UploadOptions): Promise<Answer<'uploadData'>> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', addressOf('uploadData', { query: { name, existing } }))
    for (const [header, value] of Object.entries(authorization())) request.setRequestHeader(header, value)
    if (content instanceof Blob) request.setRequestHeader('content-type', 'application/zip')
    request.responseType = 'json'
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total)
    request.onload = () => {
      if (request.status !== 201) return reject(errorOfAnswer(request.status, request.statusText, request.response))
      const parsed = endpoints.uploadData.response.safeParse(request.response)
      if (parsed.success) resolve(parsed.data)
      else
        reject(
          new ApiError(
            'The images were sent, but the server’s answer can’t be read. Reload the page and look for the folder.',
            null,
            'unreadable',
          ),
        )
    }
    request.onerror = () => reject(offlineError())
    request.onabort = () => reject(new DOMException('The upload was stopped.', 'AbortError'))
    signal.addEventListener('abort', () => request.abort())
    request.send(content)
  })
}
