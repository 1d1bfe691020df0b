import { useCallback, useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import type { DataRoot, Directory } from '@graft/graph-schema'
import { ApiError, call } from '../../api/client.js'
import type { Answer } from '../../api/client.js'
import { useCall } from '../../api/use-call.js'
import type { Called } from '../../api/use-call.js'
import { bytes, counted } from '../../ui/format.js'
import { Button } from '../../ui/Button.js'
import { Icon } from '../../ui/Icon.js'
import { VirtualList } from '../../ui/lists/VirtualList.js'
import { DatasetSummary } from './DatasetSummary.js'
import { usePathKind } from './use-path-kind.js'
import { PathField } from './PathField.js'

const listRoots = (signal: AbortSignal): Promise<Answer<'listDataRoots'>> => call('listDataRoots', { signal })
type Entry = Directory['entries'][number]

/** Where somebody is among the folders. */
export interface FolderPlace {
  readonly roots: Called<Answer<'listDataRoots'>>
  readonly start: string | null
  /** The folder that is shown; null: the roots are on their way. */
  readonly current: string | null
  /** Null: to the first root. */
  readonly go: (path: string | null) => void
}

/** @param start where to begin; null: in the first folder that Graft may read */
export function useFolder(start: string | null): FolderPlace {
  const roots = useCall(listRoots)
  const kind = usePathKind(start)
  // Undefined until somebody goes somewhere.
  const [path, go] = useState<string | null | undefined>(undefined)
  const begin = kind === 'nothing' ? null : start
  const isKnown = start === null || kind !== null
  const root = roots.status === 'ready' ? roots.value.roots[0]?.path : undefined
  const current = path === undefined ? (isKnown ? (begin ?? root ?? null) : null) : (path ?? root ?? null)
  return { roots, start, current, go }
}

export interface FolderPlacesProps {
  readonly folder: FolderPlace
  /** Folders of images, or model files (and folders, which models can be too). */
  readonly accepts: 'directory' | 'model'
  /** A file was chosen. */
  readonly onChoose: (path: string) => void
}

/** The folders that Graft may read, to walk through, and what is in the one that is shown. */
export function FolderPlaces({
  folder: { roots, start, current, go },
  accepts,
  onChoose,
}: FolderPlacesProps): ReactElement {
  const toRoots = useCallback(() => go(null), [go])
  const inside = roots.status === 'ready' ? rootOf(current, roots.value.roots) : null
  return (
    <div className="folder">
      <nav className="folder-roots" aria-label="Folders">
        {roots.status === 'ready' &&
          roots.value.roots.map(({ id, path: place, title: name }) => (
            <button
              key={id}
              type="button"
              className="folder-root"
              aria-current={place === inside}
              title={place}
              onClick={() => go(place)}
            >
              <Icon name="data" size={14} />
              {name}
            </button>
          ))}
        {roots.status === 'failed' && (
          <p className="network-note" role="alert">
            {roots.error.message}
          </p>
        )}
      </nav>
      <div className="folder-place">
        <PathField path={current} onGo={go} />
        {current !== null && (
          <Place
            path={current}
            accepts={accepts}
            isStart={current === start}
            onGo={go}
            onChoose={onChoose}
            onMissing={toRoots}
          />
        )}
      </div>
    </div>
  )
}

/** The innermost of the folders that a path lies in. */
function rootOf(path: string | null, roots: readonly DataRoot[]): string | null {
  const around = roots.map((root) => root.path).filter((root) => path === root || path?.startsWith(`${root}/`))
  return around.toSorted((a, b) => b.length - a.length)[0] ?? null
}

interface PlaceProps {
  readonly path: string
  readonly accepts: FolderPlacesProps['accepts']
  /** Where the dialog began, which may be a path that was only typed. */
  readonly isStart: boolean
  readonly onGo: (path: string) => void
  readonly onChoose: (path: string) => void
  readonly onMissing: () => void
}

function Place({ path, accepts, isStart, onGo, onChoose, onMissing }: PlaceProps): ReactElement {
  const browse = useCallback((signal: AbortSignal) => call('browseData', { query: { path }, signal }), [path])
  const listing = useCall(browse)
  const isNowhere =
    isStart && listing.status === 'failed' && listing.error instanceof ApiError && listing.error.kind === 'refused'
  useEffect(() => {
    if (isNowhere) onMissing()
  }, [isNowhere, onMissing])
  if (listing.status === 'failed') {
    const { error } = listing
    if (accepts === 'model' && error instanceof ApiError && error.details?.code === 'not-a-folder')
      return (
        <Button size="s" icon="model" onClick={() => onChoose(path)}>
          Use this file
        </Button>
      )
    return (
      <>
        <p className="network-note" role="alert">
          {error.message}
        </p>
        {error instanceof ApiError && error.kind === 'refused' && (
          <Button size="s" onClick={onMissing}>
            Back to the folders
          </Button>
        )}
      </>
    )
  }
  const parent = listing.status === 'ready' ? listing.value.parent : null
  const entries =
    listing.status === 'ready'
      ? listing.value.entries.filter(({ kind }) => kind === 'directory' || kind === 'image' || kind === accepts)
      : []
  return (
    <>
      <Button size="s" icon="back" disabled={parent === null} onClick={() => parent !== null && onGo(parent)}>
        Up
      </Button>
      {listing.status === 'loading' && (
        <p className="network-note" role="status">
          Reading…
        </p>
      )}
      {listing.status === 'ready' && entries.length === 0 && <p className="network-note">This folder is empty.</p>}
      {entries.length > 0 && (
        <div className="folder-list">
          <VirtualList
            label={`In ${path}`}
            items={entries}
            itemHeight={32}
            keyOf={(entry) => entry.path}
            render={(entry) => <EntryRow entry={entry} accepts={accepts} onGo={onGo} onChoose={onChoose} />}
          />
        </div>
      )}
      {listing.status === 'ready' && listing.value.truncated && (
        <p className="network-note">Not everything is listed here; type the path to reach the rest.</p>
      )}
      {accepts === 'directory' && listing.status === 'ready' && entries.some(({ kind }) => kind === 'directory') && (
        <Contents key={path} path={path} />
      )}
    </>
  )
}

function EntryRow({
  entry,
  accepts,
  onGo,
  onChoose,
}: {
  readonly entry: Entry
  readonly accepts: FolderPlacesProps['accepts']
  readonly onGo: (path: string) => void
  readonly onChoose: (path: string) => void
}): ReactElement {
  const isFolder = entry.kind === 'directory'
  const isChoice = entry.kind === accepts && !isFolder
  const note =
    entry.images !== undefined && entry.images > 0
      ? counted(entry.images, 'image')
      : entry.bytes === undefined || isFolder
        ? ''
        : bytes(entry.bytes)
  return (
    <button
      type="button"
      className="folder-entry"
      disabled={!isFolder && !isChoice}
      onClick={() => (isFolder ? onGo(entry.path) : onChoose(entry.path))}
    >
      <Icon name={isFolder ? 'folder' : entry.kind === 'model' ? 'model' : 'file'} size={14} />
      <span>{entry.name}</span>
      <small className="numeric">{note}</small>
    </button>
  )
}

function Contents({ path }: { readonly path: string }): ReactElement | null {
  const ask = useCallback((signal: AbortSignal) => call('summariseData', { query: { path }, signal }), [path])
  const summary = useCall(ask)
  // Most folders on the way hold no classes; that isn't a problem yet.
  if (summary.status === 'failed') return null
  return (
    <div className="folder-contents">
      {summary.status === 'loading' ? (
        <p className="network-note" role="status">
          Counting images…
        </p>
      ) : summary.value.count > 0 ? (
        <DatasetSummary summary={summary.value} />
      ) : null}
    </div>
  )
}
