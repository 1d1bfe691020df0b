import { useCallback, useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import { call } from '../../api/client.js'
import { useCall } from '../../api/use-call.js'
import { useEditor, useManifests } from '../../document/store.js'
import { Button } from '../../ui/Button.js'
import { NearCopies } from './NearCopies.js'
import { DatasetSummary } from './DatasetSummary.js'
import { FolderDialog } from './FolderDialog.js'
import { unlabelledWords } from './unlabelled-words.js'
import { usePathKind } from './use-path-kind.js'
import { TextWidget } from '../widgets/TextWidget.js'
import { Upload } from '../upload/Upload.js'
import type { WidgetProps } from '../fields/widget.js'

/** A folder on the runner: typed, picked, or uploaded by dropping images; with a summary of what is in it. */
export function PathWidget(props: WidgetProps): ReactElement {
  const { value, onChange, nodeId } = props
  const [picking, setPicking] = useState(false)
  const path = typeof value === 'string' ? value : ''
  const type = useEditor((state) => state.document.nodes[nodeId]?.type ?? '')
  const manifest = useManifests().get(type)
  const givesImages = Object.values(manifest?.outputs ?? {}).some(({ kind }) => kind === 'dataset')
  return (
    <div className="path">
      <div className="path-row">
        <TextWidget {...props} />
        <Button icon="folder" onClick={() => setPicking(true)} data-tour="browse">
          Browse…
        </Button>
      </div>
      {path !== '' && <WhatLiesAt path={path} givesImages={givesImages} />}
      <Upload onDone={onChange} />
      {picking && (
        <FolderDialog
          title="Choose a folder"
          accepts="directory"
          start={path === '' ? null : path}
          onClose={() => setPicking(false)}
          onChoose={onChange}
        />
      )}
    </div>
  )
}

/** Waits until typing pauses: each letter is another path. */
function WhatLiesAt({
  path,
  givesImages,
}: {
  readonly path: string
  readonly givesImages: boolean
}): ReactElement | null {
  const [settled, setSettled] = useState<string | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(path), 400)
    return () => clearTimeout(timer)
  }, [path])
  const kind = usePathKind(settled)
  if (settled !== path || kind === null) return null
  if (kind === 'nothing')
    return <p className="network-note">There is nothing at this path yet. Browse, or drop a folder below.</p>
  return givesImages ? <Summary key={path} path={path} /> : <Files key={path} path={path} />
}

/** What lies at a path that needs no classes: images to look at, whatever they are called. */
function Files({ path }: { readonly path: string }): ReactElement | null {
  const ask = useCallback(async (signal: AbortSignal) => call('browseData', { query: { path }, signal }), [path])
  const listing = useCall(ask)
  // A single file is no folder, and as good.
  if (listing.status !== 'ready') return null
  const images = listing.value.entries.filter(({ kind }) => kind === 'image').length
  const folders = listing.value.entries.filter(({ kind }) => kind === 'directory').length
  return <p className="network-note">{unlabelledWords(images, folders)}</p>
}

function Summary({ path }: { readonly path: string }): ReactElement | null {
  const ask = useCallback(async (signal: AbortSignal) => call('summariseData', { query: { path }, signal }), [path])
  const summary = useCall(ask)
  if (summary.status === 'loading')
    return (
      <p className="network-note" role="status">
        Reading the folder…
      </p>
    )
  // What is wrong with the path is for check() and the run to say; a single file has no summary.
  return summary.status === 'failed' ? (
    <p className="network-note">{summary.error.message}</p>
  ) : (
    <>
      <DatasetSummary summary={summary.value} />
      <NearCopies path={path} />
    </>
  )
}
