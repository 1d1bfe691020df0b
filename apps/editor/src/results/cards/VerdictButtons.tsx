import type { ReactElement } from 'react'
import { setParams } from '../../document/commands/params.js'
import { dispatch, getDocument, getManifests, useDocument, useManifests } from '../../document/store.js'
import { checksumField } from '../../forms/choose-network/network-fields.js'
import { isForTryingOut } from '../../forms/choose-network/for-trying-out.js'
import { fieldsFromSchema } from '../../forms/fields/fields-from-schema.js'
import { canvasApi } from '../../page/canvas-api.js'
import { ui } from '../../page/page-store.js'
import { fieldNode, saysNetwork } from '../../photos/graphs/field-node.js'
import type { FieldNode } from '../../photos/graphs/field-node.js'
import { networkNamedIn, usePhotosGraph } from '../../photos/template-graph.js'
import { useNetworks } from '../../photos/use-networks.js'
import { Button } from '../../ui/Button.js'
import { toast } from '../../ui/toasts/toast.js'
import { insertBefore } from './verdict-changes.js'

/**
 * Takes the network that own photos begin with, where the graph has one for trying out; or shows all that there are.
 */
export function TakeAnotherNetwork(): ReactElement | null {
  const manifests = useManifests()
  const loads = fieldNode(useDocument(), manifests, saysNetwork)
  const { list, suggested } = useNetworks(networkNamedIn(usePhotosGraph().graph, manifests))
  if (loads === null) return null
  const source = sourceOf(loads)
  const isBetter = suggested !== null && !isForTryingOut({ source: suggested }) && suggested !== source
  const title = list.find((network) => network.source === suggested)?.title ?? suggested
  return (
    <div className="verdict-buttons">
      {isBetter && isForTryingOut({ source }) && (
        <Button size="s" variant="primary" icon="model" onClick={() => take(loads, suggested)}>
          {`Use ${title}`}
        </Button>
      )}
      <Button size="s" icon="model" onClick={() => show(loads.id)}>
        Choose another network
      </Button>
    </div>
  )
}

/** Puts a node in front of the training. */
export function InsertNode({ type, before }: { readonly type: string; readonly before: string }): ReactElement | null {
  const document = useDocument()
  const manifests = useManifests()
  const heading = manifests.get(type)?.title
  if (heading === undefined || insertBefore(document, manifests, type, before) === null) return null
  const insert = (): void => {
    const command = insertBefore(getDocument(), getManifests(), type, before)
    if (command === null) return
    dispatch(command)
    toast('success', `${heading} is in front of the training now. Run it again to see what it brings.`)
  }
  return (
    <div className="verdict-buttons">
      <Button size="s" variant="primary" icon="add" onClick={insert}>
        {`Put ${heading} before training`}
      </Button>
    </div>
  )
}

function sourceOf({ node, field }: FieldNode): string {
  const source = node.params[field.path] ?? field.initial
  return typeof source === 'string' ? source : ''
}

function take({ id, manifest, field }: FieldNode, source: string): void {
  const checksum = checksumField(fieldsFromSchema(manifest.params))
  dispatch(setParams(id, { [field.path]: source, ...(checksum !== undefined && { [checksum.path]: undefined }) }))
  toast('success', 'The graph starts from another network now. Run it again to see what it brings.')
}

/** Shows the node that loads the network, with its form open. */
function show(node: string): void {
  ui.set({ inspector: true, drawer: null })
  // The canvas is larger once the drawer is gone.
  setTimeout(() => canvasApi()?.reveal(node), 0)
}
