import { useEffect, useState } from 'react'
import type { BlobReference } from '@graft/graph-schema'
import type { z } from 'zod'
import { addressOf, ApiError } from './client.js'
import { errorOfAnswer, offlineError } from './api-error.js'
import { authorization, readToken } from './token.js'

/** Where the bytes of an artifact are; with `save`, the browser stores them under its name. */
export function artifactAddress({ sha256, name }: Pick<BlobReference, 'sha256' | 'name'>, save = false): string {
  return addressOf('getArtifact', { params: { sha256 }, query: save ? { download: name ?? sha256.slice(0, 12) } : {} })
}

async function fetchBlob(address: string, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(address, { headers: authorization(), ...(signal !== undefined && { signal }) }).catch(
    (error: unknown) => {
      throw signal?.aborted === true ? error : offlineError()
    },
  )
  if (!response.ok)
    throw errorOfAnswer(response.status, response.statusText, await response.json().catch(() => undefined))
  return response
}

const parsed = new Map<string, Promise<unknown>>()
const keptBlobs = 20

/** A JSON artifact, checked. Content never changes under its address, so that the last ones are kept. */
export async function readJsonArtifact<Schema extends z.ZodType>(
  { sha256 }: Pick<BlobReference, 'sha256'>,
  schema: Schema,
): Promise<z.output<Schema>> {
  const known = parsed.get(sha256)
  const json = known ?? fetchBlob(artifactAddress({ sha256 })).then((response) => response.json() as Promise<unknown>)
  if (known === undefined) {
    parsed.set(sha256, json)
    json.catch(() => parsed.delete(sha256))
    for (const oldest of [...parsed.keys()].slice(0, -keptBlobs)) parsed.delete(oldest)
  }
  const result = schema.safeParse(await json)
  if (!result.success)
    throw new ApiError(
      'This page can’t read this kind of result. Reload the page: it may be older than the server.',
      null,
      'unreadable',
    )
  return result.data
}

/** The state of something that is being fetched. */
export type Loaded<Value> =
  | { readonly status: 'loading' }
  | { readonly status: 'ready'; readonly value: Value }
  | { readonly status: 'failed'; readonly error: Error }

/** A JSON artifact in a component; null: none wanted. */
export function useJsonArtifact<Schema extends z.ZodType>(
  blob: Pick<BlobReference, 'sha256'> | null,
  schema: Schema,
): Loaded<z.output<Schema>> {
  const [loaded, setLoaded] = useState<{ readonly of: string | null; readonly result: Loaded<z.output<Schema>> }>({
    of: null,
    result: { status: 'loading' },
  })
  const sha256 = blob?.sha256 ?? null
  useEffect(() => {
    if (sha256 === null) return
    let gone = false
    const put = (result: Loaded<z.output<Schema>>): void => void (!gone && setLoaded({ of: sha256, result }))
    readJsonArtifact({ sha256 }, schema).then(
      (value) => put({ status: 'ready', value }),
      (error: unknown) => put({ status: 'failed', error: error instanceof Error ? error : new Error(String(error)) }),
    )
    return () => {
      gone = true
    }
  }, [sha256, schema])
  return loaded.of === sha256 ? loaded.result : { status: 'loading' }
}

/** What to give an <img>. A page that needs a token fetches the image itself, because an <img> can't send one. */
export function useImage(address: string | null): string | undefined {
  const [source, setSource] = useState<{ readonly of: string; readonly url: string } | null>(null)
  const direct = readToken() === null
  useEffect(() => {
    if (direct || address === null) return
    const abort = new AbortController()
    let url: string | null = null
    fetchBlob(address, abort.signal)
      .then((response) => response.blob())
      .then(
        (blob) => {
          if (abort.signal.aborted) return
          url = URL.createObjectURL(blob)
          setSource({ of: address, url })
        },
        () => {},
      )
    return () => {
      abort.abort()
      if (url !== null) URL.revokeObjectURL(url)
    }
  }, [address, direct])
  if (address === null) return undefined
  return direct ? address : source?.of === address ? source.url : undefined
}

/** Saves an artifact on the person's computer under its name. */
export async function saveArtifact(blob: Pick<BlobReference, 'sha256' | 'name'>): Promise<void> {
  const link = document.createElement('a')
  const direct = readToken() === null
  link.href = direct
    ? artifactAddress(blob, true)
    : URL.createObjectURL(await (await fetchBlob(artifactAddress(blob))).blob())
  link.download = blob.name ?? ''
  document.body.append(link)
  link.click()
  link.remove()
  if (!direct) setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

/**
 * Opens an artifact in a new tab. A page that needs a token saves it instead: what it fetched itself would open as a
 * page of this origin, without the sandbox that the runner puts around artifacts.
 */
export async function openArtifact(blob: Pick<BlobReference, 'sha256' | 'name'>): Promise<void> {
  if (readToken() !== null) return saveArtifact(blob)
  window.open(artifactAddress(blob), '_blank', 'noopener')
}
