import { useCallback, useState } from 'react'
import type { ReactElement } from 'react'
import type { DatasetSummary as Summary } from '@graft/graph-schema'
import { call, messageOf } from '../api/client.js'
import { useCall } from '../api/use-call.js'
import { getManifests, useManifests } from '../document/store.js'
import { NearCopies } from '../forms/paths/NearCopies.js'
import { DatasetSummary } from '../forms/paths/DatasetSummary.js'
import { openDocument } from '../session/session.js'
import { Button } from '../ui/Button.js'
import { Dialog } from '../ui/Dialog.js'
import { Icon } from '../ui/Icon.js'
import { toast } from '../ui/toasts/toast.js'
import { folderName, graphForPhotos } from './graphs/graph-for-photos.js'
import { oddities } from './look-at-data.js'
import { NetworkChoice } from './NetworkChoice.js'
import { PhotosSource } from './PhotosSource.js'
import { openLook } from './look-store.js'
import { useNetworks } from './use-networks.js'
import { closePhotos, useDropped } from './photos-store.js'
import { RecipeChoice } from './RecipeChoice.js'
import { recipesForPhotos, suggestRecipe } from './suggest-recipe.js'
import { listTemplates, networkNamedIn, usePhotosGraph } from './template-graph.js'
import './photos.css'

/** From a folder of photos to a graph that is ready to run: images, recipe, network. The graph stays the truth. */
export function PhotosDialog(): ReactElement {
  const dropped = useDropped()
  const [path, setPath] = useState<string | null>(null)
  const [recipe, setRecipe] = useState<string | null>(null)
  const [network, setNetwork] = useState<{ readonly source: string; readonly sha256: string } | null>(null)
  const [busy, setBusy] = useState(false)
  const summary = useSummary(path)
  const templates = useCall(listTemplates)
  const manifests = useManifests()
  const known = templates.status === 'ready' ? templates.value.templates : null
  const recipes = known === null ? [] : recipesForPhotos(known)
  const found = summary?.status === 'ready' && summary.value !== null && summary.value.count > 0 ? summary.value : null
  const suggestion = found === null ? null : suggestRecipe(recipes, found)
  const chosen = recipe ?? suggestion?.id ?? null
  const photos = recipes.find(({ needsPhotos }) => needsPhotos)
  const networks = useNetworks(networkNamedIn(usePhotosGraph(known).graph, manifests))
  const source = network?.source ?? networks.suggested
  const sha256 = network?.sha256 ?? ''
  const isReady = path !== null && found !== null && chosen !== null && photos !== undefined && manifests.size > 0
  const open = async (): Promise<void> => {
    if (!isReady) return
    setBusy(true)
    try {
      const [wanted, reads] = await Promise.all(
        [chosen, photos.id].map(async (id) => (await call('getTemplate', { params: { id } })).document),
      )
      if (wanted === undefined || reads === undefined) return
      closePhotos()
      await openDocument(graphForPhotos(wanted, reads, { path, network: source, sha256 }, getManifests()))
    } catch (error) {
      toast('error', messageOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      title="Use my photos"
      onClose={closePhotos}
      className="photos-dialog"
      footer={
        <>
          <Button onClick={closePhotos}>Cancel</Button>
          <Button variant="primary" disabled={!isReady || busy} onClick={() => void open()}>
            {busy ? 'Opening…' : 'Open the graph'}
          </Button>
        </>
      }
    >
      <div className="photos">
        <Step number={1} title="Photos" {...(path !== null && { note: folderName(path) })}>
          <PhotosSource path={path} dropped={dropped} onPath={setPath} />
          {summary !== null && path !== null && <WhatIsThere path={path} summary={summary} />}
        </Step>
        {found !== null && (
          <>
            <Step number={2} title="Recipe">
              <p className="photos-look">
                <Button icon="advice" onClick={() => openLook(path, source)}>
                  Look at my images
                </Button>
                Not sure? Measures what is best for these images and says it in plain words, in a minute or two.
              </p>
              <RecipeChoice recipes={recipes} suggestion={suggestion} chosen={chosen} onChoose={setRecipe} />
            </Step>
            <Step number={3} title="Network">
              <NetworkChoice
                networks={networks}
                chosen={source}
                sha256={sha256}
                onChoose={(next, pin = '') => setNetwork({ source: next, sha256: pin })}
              />
            </Step>
          </>
        )}
      </div>
    </Dialog>
  )
}

interface StepProps {
  readonly number: number
  readonly title: string
  readonly note?: string
  readonly children: React.ReactNode
}

function Step({ number, title, note, children }: StepProps): ReactElement {
  return (
    <section className="photos-step" aria-label={title}>
      <h3>
        <span className="photos-number numeric" aria-hidden="true">
          {number}
        </span>
        {title}
        {note !== undefined && <span className="photos-note">{note}</span>}
      </h3>
      {children}
    </section>
  )
}

function useSummary(path: string | null): ReturnType<typeof useCall<Summary | null>> | null {
  const ask = useCallback(
    async (signal: AbortSignal): Promise<Summary | null> =>
      path === null ? null : call('summariseData', { query: { path }, signal }),
    [path],
  )
  const summary = useCall(ask)
  return path === null ? null : summary
}

function WhatIsThere({
  path,
  summary,
}: {
  readonly path: string
  readonly summary: ReturnType<typeof useCall<Summary | null>>
}): ReactElement | null {
  if (summary.status === 'loading')
    return (
      <p className="network-note" role="status">
        Looking at the photos…
      </p>
    )
  if (summary.status === 'failed')
    return (
      <p className="form-problem form-problem-error" role="alert">
        {summary.error.message}
      </p>
    )
  if (summary.value === null) return null
  const noticed = oddities(summary.value)
  return (
    <>
      {noticed.length > 0 && (
        <ul className="photos-odd">
          {noticed.map((text) => (
            <li key={text}>
              <Icon name="warning" size={14} />
              {text}
            </li>
          ))}
        </ul>
      )}
      <DatasetSummary summary={summary.value} />
      <NearCopies path={path} />
    </>
  )
}
