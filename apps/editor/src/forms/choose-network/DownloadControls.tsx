import { useState } from 'react'
import type { ReactElement } from 'react'
import type { NetworkDownload } from '@graft/graph-schema'
import { messageOf } from '../../api/client.js'
import { isUnderWay, startDownload, stopDownload } from '../../api/network-downloads.js'
import { bytes, percent } from '../../ui/format.js'
import { Button } from '../../ui/Button.js'
import { FormProblem } from '../fields/FormProblem.js'

export interface DownloadControlsProps {
  readonly source: string
  readonly download: NetworkDownload | null
  /** What there is to download, about; null: not known. */
  readonly bytes: number | null
}

/** Fetch, stop, go on, and how far it is; what went wrong in words. One button, so that the focus stays where it is. */
export function DownloadControls({ source, download, bytes: size }: DownloadControlsProps): ReactElement {
  const [refusal, setRefusal] = useState<string | null>(null)
  const underWay = download !== null && isUnderWay(download)
  const press = async (): Promise<void> => {
    setRefusal(null)
    try {
      await (underWay ? stopDownload(download) : startDownload(source))
    } catch (error) {
      setRefusal(messageOf(error))
    }
  }
  const problem = download?.state === 'failed' ? download.problem : null
  return (
    <div className="download">
      {underWay && <Progress download={download} expected={size} />}
      {download?.state !== 'done' && (
        <Button size="s" icon={underWay ? 'stop' : 'download'} onClick={() => void press()}>
          {labelOf(download, size)}
        </Button>
      )}
      <p className="network-note" role="status">
        {stateOf(download)}
      </p>
      {(problem !== null || refusal !== null) && (
        <div role="alert">
          <FormProblem severity="error" message={refusal ?? problem?.message ?? ''} fix={problem?.fix ?? ''} />
        </div>
      )}
    </div>
  )
}

function Progress({
  download: { done, total },
  expected,
}: {
  readonly download: NetworkDownload
  readonly expected: number | null
}): ReactElement {
  const all = Math.max(total, expected ?? 0)
  const text = all === 0 ? bytes(done) : `${bytes(done)} of ${bytes(all)}`
  return (
    <>
      <progress
        aria-label="Download"
        aria-valuetext={all === 0 ? text : `${percent(done / all, 0)}, ${text}`}
        {...(all > 0 && { max: all, value: Math.min(done, all) })}
      />
      <span className="chosen-network-facts numeric" aria-hidden="true">
        {text}
      </span>
    </>
  )
}

function labelOf(download: NetworkDownload | null, size: number | null): string {
  if (download === null) return size === null ? 'Download' : `Download (${bytes(size)})`
  if (isUnderWay(download)) return 'Stop the download'
  if (download.state === 'stopped') return 'Go on with the download'
  return 'Try again'
}

/** For screen readers too: said when it changes, so without numbers that move. */
function stateOf(download: NetworkDownload | null): string {
  switch (download?.state) {
    case 'waiting':
      return 'Waiting for other downloads.'
    case 'running':
      return 'Downloading…'
    case 'stopped':
      return download.done === 0 ? 'Stopped.' : `Stopped; ${bytes(download.done)} are kept.`
    case 'done':
      return 'The network is here, and runs need no connection for it.'
    default:
      return ''
  }
}
