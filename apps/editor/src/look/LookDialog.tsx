import { useEffect, useRef, useState } from 'react'
import type { ReactElement, RefObject } from 'react'
import { openDocument } from '../session/session.js'
import { keepProfiles } from '../forms/profile/known-profiles.js'
import { FolderPlaces, useFolder } from '../forms/paths/FolderPlaces.js'
import type { FolderPlace } from '../forms/paths/FolderPlaces.js'
import { Upload } from '../forms/upload/Upload.js'
import { folderName } from '../photos/graphs/graph-for-photos.js'
import { closeLook, setLook, useLook } from '../photos/look-store.js'
import { NetworkChoice } from '../photos/NetworkChoice.js'
import { AdviceCards } from '../results/advice/AdviceCards.js'
import { applyToGraph } from '../results/advice/apply-to-graph.js'
import { runs } from '../run/run-store.js'
import { Dialog } from '../ui/Dialog.js'
import { LookFooter } from './LookFooter.js'
import { Measuring } from './Measuring.js'
import { OtherFooter, OtherNetwork } from './OtherNetwork.js'
import { useLookRun } from './use-look-run.js'
import type { LookRun, LookStage } from './use-look-run.js'
import '../results/results.css'
import './look.css'

/** From a folder of images to what to do with them, measured, in plain words; and from there to a graph. */
export function LookDialog(): ReactElement {
  const { path, network } = useLook()
  const look = useLookRun(path, network)
  const folder = useFolder(null)
  const body = useRef<HTMLDivElement>(null)
  // Null: no other network is being chosen; empty: none is chosen yet.
  const [other, setOther] = useState<string | null>(null)
  const stage = other === null ? look.stage : 'other'
  useFocusOnNextStage(body, stage)
  return (
    <Dialog
      title={path === null ? 'Look at my images' : `Images of ${folderName(path)}`}
      onClose={closeLook}
      className={stage === 'answer' ? 'look-dialog look-wide' : 'look-dialog'}
      footer={
        other === null ? (
          <LookFooter look={look} folder={folder} onOther={() => setOther('')} />
        ) : (
          <OtherFooter look={look} {...{ other, setOther }} />
        )
      }
    >
      <div ref={body} className="look" tabIndex={-1} role="group" aria-label={stageNames[stage]}>
        {other === null ? <Stage look={look} folder={folder} /> : <OtherNetwork look={look} {...{ other, setOther }} />}
      </div>
    </Dialog>
  )
}

/** What a screen reader says when a stage begins. */
const stageNames: Readonly<Record<LookStage | 'other', string>> = {
  choose: 'Choose a folder',
  network: 'Choose a network',
  measuring: 'Looking at your images',
  failed: 'Why there is no advice',
  answer: 'Advice for your images',
  other: 'Choose another network',
}

/** What had the focus is gone with the stage before; the dialog itself has seen to that of the first. */
function useFocusOnNextStage(body: RefObject<HTMLElement | null>, stage: string): void {
  const last = useRef(stage)
  useEffect(() => {
    if (last.current !== stage) body.current?.focus()
    last.current = stage
  }, [body, stage])
}

const lookAt = (path: string): void => setLook({ path })

function Stage({ look, folder }: { readonly look: LookRun; readonly folder: FolderPlace }): ReactElement {
  switch (look.stage) {
    case 'choose':
      return (
        <>
          <p>
            Choose a folder with one folder of images per class. Graft tries out what a network that others trained can
            make of them, and tells you what to do and what to expect. Your images stay as they are.
          </p>
          <FolderPlaces folder={folder} accepts="directory" onChoose={lookAt} />
          <Upload onDone={lookAt} />
        </>
      )
    case 'network':
      return (
        <>
          <p>
            Which network shall look at your images? One that was trained on photos is right for most: it is fetched
            once, and stays.
          </p>
          <NetworkChoice
            networks={look.networks}
            chosen={look.source}
            sha256=""
            onChoose={(chosen) => setLook({ network: chosen })}
          />
        </>
      )
    case 'measuring':
      return <Measuring run={look.run} document={look.started?.document ?? null} />
    case 'failed':
      return (
        <p className="form-problem form-problem-error" role="alert">
          {look.failure?.message} {look.failure?.fix}
        </p>
      )
    case 'answer':
      return (
        <div className="results">
          {look.advice !== null && (
            <AdviceCards advice={look.advice} onUse={(candidate) => void makeGraph(look, candidate)} />
          )}
        </div>
      )
  }
}

/** Opens the graph that looked at the pictures, with its run, and puts the advice into it as one edit. */
async function makeGraph({ advice, started, run }: LookRun, candidate?: string): Promise<void> {
  if (advice === null || started === null) return
  keepProfiles(advice.profiles)
  closeLook()
  await openDocument(started.document, null, started.draft)
  if (run.runId !== null) await runs.show(run.runId)
  applyToGraph(advice, candidate)
}
