import { useEffect, useRef } from 'react'
import type { ReactElement } from 'react'
import type { Catalogued, NetworkDownload } from '@graft/graph-schema'
import { isUnderWay, useCatalogue, useDownload } from '../../api/network-downloads.js'
import { Button } from '../../ui/Button.js'
import { DownloadControls } from './DownloadControls.js'
import { factsOf, findCatalogued, isRemote, pins, placeOf } from './describe-network.js'
import './chosen-network.css'
import './network-dialog.css'

export interface ChosenNetworkProps {
  readonly source: string
  /** The checksum that the graph has; absent: there is no place for one. */
  readonly pinned?: string
  /** Pins what came. */
  readonly onPin?: (sha256: string) => void
}

/**
 * What is known of a network that was chosen by name or address: facts, whether it is here, and the way to fetch it.
 * Nothing for files and embedded networks.
 */
export function ChosenNetwork(props: ChosenNetworkProps): ReactElement | null {
  return isRemote(props.source) ? <RemoteNetwork key={props.source} {...props} /> : null
}

function RemoteNetwork({ source, pinned, onPin }: ChosenNetworkProps): ReactElement | null {
  const catalogue = useCatalogue()
  const download = useDownload(source)
  const known = catalogue.status === 'ready' ? findCatalogued(catalogue.value, source) : null
  const box = useRef<HTMLElement>(null)
  usePinWhenDone(download, pinned, onPin)
  useEffect(() => {
    // The button that had the focus is gone with the download.
    if (download?.state === 'done' && document.activeElement === document.body) box.current?.focus()
  }, [download?.state])
  const here = known?.here === true || download?.state === 'done'
  const sha256 = download?.sha256 ?? (known?.here === true ? known.sha256 : null)
  return (
    <section ref={box} className="chosen-network" aria-label="Chosen network" tabIndex={-1}>
      <p className="chosen-network-title">
        <strong>{known?.title ?? source}</strong>
        <span className={here ? 'network-card-place network-card-here' : 'network-card-place'}>
          {placeOf({ here, bytes: known?.bytes ?? null })}
        </span>
      </p>
      {known !== null && <Facts network={known} />}
      {!(here && download === null) && (
        <DownloadControls source={source} download={download} bytes={known?.bytes ?? null} />
      )}
      {here && sha256 !== null && pinned !== undefined && onPin !== undefined && (
        <Pin sha256={sha256} pinned={pinned} onPin={onPin} />
      )}
    </section>
  )
}

const Facts = ({ network }: { readonly network: Catalogued }): ReactElement => (
  <>
    <p>{network.why}</p>
    <p className="chosen-network-facts numeric">{factsOf(network).join(' · ')}</p>
  </>
)

/** A download that ends while someone looks on is pinned; what is here already waits for a click. */
function usePinWhenDone(
  download: NetworkDownload | null,
  pinned: string | undefined,
  onPin: ((sha256: string) => void) | undefined,
): void {
  const wasUnderWay = useRef(false)
  useEffect(() => {
    if (download?.state === 'done' && wasUnderWay.current && download.sha256 !== null && pinned !== undefined) {
      const { sha256 } = download
      if (pinned !== sha256 && (pinned === '' || pins(pinned, sha256))) onPin?.(sha256)
    }
    wasUnderWay.current = download !== null && isUnderWay(download)
  }, [download, pinned, onPin])
}

function Pin({
  sha256,
  pinned,
  onPin,
}: Required<Pick<ChosenNetworkProps, 'pinned' | 'onPin'>> & { readonly sha256: string }): ReactElement {
  if (pins(pinned, sha256))
    return (
      <p className="chosen-network-facts">
        Pinned by its checksum <code>{sha256.slice(0, 12)}…</code>
      </p>
    )
  return (
    <p className="chosen-network-facts">
      {pinned === ''
        ? 'Not pinned: the name may stand for another file one day. '
        : 'What is here has another checksum than the one pinned below. '}
      <Button size="s" onClick={() => onPin(sha256)}>
        Pin what is here
      </Button>
    </p>
  )
}
