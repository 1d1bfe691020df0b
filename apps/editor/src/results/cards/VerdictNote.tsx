import type { Verdict } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { canvasApi } from '../../page/canvas-api.js'
import { ui } from '../../page/page-store.js'
import { getManifests, useDocument, useManifests } from '../../document/store.js'
import { fieldNode, saysNetwork } from '../../photos/graphs/field-node.js'
import { isForTryingOut } from '../../photos/networks.js'
import { Button } from '../../ui/Button.js'
import { Icon } from '../../ui/Icon.js'

/** What a result says about itself, what to try next, and the way there. */
export function VerdictNote({ verdict }: { readonly verdict: Verdict | null }): ReactElement | null {
  const document = useDocument()
  const manifests = useManifests()
  if (verdict === null) return null
  const network = fieldNode(document, manifests, saysNetwork)
  const source = network?.node.params[network.field.path] ?? network?.field.initial
  const isToy = typeof source === 'string' && isForTryingOut({ source })
  return (
    <div className="verdict-note" role="note">
      <Icon name="warning" size={16} />
      <div>
        <p>
          <strong>{verdict.text}</strong>
        </p>
        <p>
          {isToy
            ? 'The network of this graph comes with Graft for trying out: it knows generated pictograms, not photos. Take one that was trained on photos.'
            : verdict.next}
        </p>
        {verdict.code === 'no-better-than-guessing' && network !== null && (
          <Button size="s" icon="model" onClick={() => chooseNetwork(network.id)}>
            Choose another network
          </Button>
        )}
      </div>
    </div>
  )
}

/** Shows the node that loads the network, with its form open. */
function chooseNetwork(node: string): void {
  if (getManifests().size === 0) return
  ui.set({ inspector: true, drawer: null })
  // The canvas is larger once the drawer is gone.
  setTimeout(() => canvasApi()?.reveal(node), 0)
}
