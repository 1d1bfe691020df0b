import type { ReactElement } from 'react'
import type { FolderPlace } from '../forms/paths/FolderPlaces.js'
import { folderName } from '../photos/graphs/graph-for-photos.js'
import { closeLook, setLook } from '../photos/look-store.js'
import { Button } from '../ui/Button.js'
import { shortened } from '../ui/format.js'
import type { LookRun } from './use-look-run.js'

export interface LookFooterProps {
  readonly look: LookRun
  readonly folder: FolderPlace
  /** Another network is to be asked as well. */
  readonly onOther: () => void
}

/** What can be done at each stage of the look. */
export function LookFooter({ look, folder: { current }, onOther }: LookFooterProps): ReactElement {
  const { stage } = look
  return (
    <>
      {stage !== 'choose' && stage !== 'measuring' && (
        <Button variant="ghost" onClick={() => setLook({ path: null, network: null })}>
          Other images…
        </Button>
      )}
      {stage === 'answer' && (
        <Button icon="model" onClick={onOther}>
          Compare with another network…
        </Button>
      )}
      {stage === 'answer' && look.tryFineTuning !== null && (
        <Button icon="training" onClick={look.tryFineTuning}>
          Try fine-tuning too
        </Button>
      )}
      <Button onClick={closeLook}>{stage === 'answer' || stage === 'failed' ? 'Close' : 'Cancel'}</Button>
      {stage === 'choose' && (
        <Button variant="primary" disabled={current === null} onClick={() => setLook({ path: current })}>
          {current === null ? 'Look at this folder' : `Look at “${shortened(folderName(current), 24)}”`}
        </Button>
      )}
      {stage === 'network' && (
        <Button variant="primary" disabled={look.source === null} onClick={look.start}>
          {look.isHere === true ? 'Look at them' : 'Fetch it and look at them'}
        </Button>
      )}
      {stage === 'failed' && (
        <Button variant="primary" onClick={look.start}>
          Try again
        </Button>
      )}
    </>
  )
}
