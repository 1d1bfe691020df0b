import type { Catalogued, NetworkDownload } from '@graft/graph-schema'
import { useCallback, useEffect } from 'react'
import { createStore, useStoreValue } from '../ui/store/create-store.js'
import { call } from './client.js'
import { type Called, useCall } from './use-call.js'

const pause = 500

interface Downloads {
  readonly list: readonly NetworkDownload[]
  /** How many came to an end while this page looked on: what is here has changed. */
  readonly ended: number
}

const downloads = createStore<Downloads>({ list: [], ended: 0 })
let looking = false

export const isUnderWay = ({ state }: NetworkDownload): boolean => state === 'waiting' || state === 'running'

/** Changes when a network has come: what was said of networks before may be out of date. */
export const useDownloadsEnded = (): number => useStoreValue(downloads, ({ ended }) => ended)

/** The download of this source, under way or over; null: none since the server was started. */
export function useDownload(source: string): NetworkDownload | null {
  useEffect(() => void look(), [])
  return useStoreValue(downloads, ({ list }) => list.find((one) => one.source === source) ?? null)
}

/** The catalogue, asked for again when a network has come. */
export function useCatalogue(): Called<readonly Catalogued[]> {
  const ended = useDownloadsEnded()
  const ask = useCallback(
    async (signal: AbortSignal) => (await call('listNetworks', { signal })).networks,
    // biome-ignore lint/correctness/useExhaustiveDependencies: another number is another question
    [ended],
  )
  return useCall(ask)
}

/** Begins a download, or goes on with one. @throws ApiError when the server won't */
export async function startDownload(source: string): Promise<void> {
  put(await call('startDownload', { body: { source } }))
  void look()
}

/** What came is kept. */
export async function stopDownload({ id }: NetworkDownload): Promise<void> {
  await call('stopDownload', { params: { id } })
  await refresh()
}

/**
 * Looks how far downloads are until none is under way. A server that doesn't answer is asked again at the next look.
 */
async function look(): Promise<void> {
  if (looking) return
  looking = true
  try {
    await refresh()
    while (downloads.get().list.some(isUnderWay)) {
      await new Promise((resolve) => setTimeout(resolve, pause))
      await refresh()
    }
  } catch {
    // Whoever waits for an answer of their own hears of it.
  } finally {
    looking = false
  }
}

async function refresh(): Promise<void> {
  const before = downloads.get()
  const { downloads: list } = await call('listDownloads', {})
  const isNew = ({ id, state }: NetworkDownload): boolean =>
    state === 'done' && before.list.some((known) => known.id === id && isUnderWay(known))
  downloads.set({ list, ended: before.ended + (list.some(isNew) ? 1 : 0) })
}

const put = (one: NetworkDownload): void =>
  downloads.set({ list: [one, ...downloads.get().list.filter(({ source }) => source !== one.source)] })
