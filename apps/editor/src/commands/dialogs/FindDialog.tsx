import { nodeOf } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { canvasApi } from '../../page/canvas-api.js'
import { summaryOf } from '../../node-types/node-summary.js'
import { getDocument, getManifests } from '../../document/store.js'
import { TypeIcon } from '../../node-types/TypeIcon.js'
import { Dialog } from '../../ui/Dialog.js'
import { SearchList } from '../../ui/lists/SearchList.js'
import { ui } from '../../page/page-store.js'
import { readingOrder } from '../lists/neighbours.js'

/** The graph as a list to search: goes to the chosen node. */
export function FindDialog(): ReactElement {
  const close = (): void => ui.set({ dialog: null })
  const items = readingOrder(getDocument()).flatMap((id) => {
    const node = nodeOf(getDocument(), id)
    if (node === undefined) return []
    const manifest = getManifests().get(node.type)
    return [
      {
        id,
        node,
        manifest,
        title: node.title ?? manifest?.title ?? node.type,
        words: `${id} ${node.type} ${manifest?.title ?? ''}`,
        text: summaryOf(node, manifest),
      },
    ]
  })
  return (
    <Dialog title="Find a node" hideTitle onClose={close} className="command-dialog">
      <SearchList
        label="Find a node"
        placeholder="Find a node in this graph"
        items={items}
        keyOf={({ id }) => id}
        empty="The graph is empty."
        onEscape={close}
        onChoose={({ id }) => {
          close()
          setTimeout(() => canvasApi()?.reveal(id), 0)
        }}
        render={({ id, title, manifest, text }) => (
          <>
            <TypeIcon manifest={manifest} />
            <span className="option-text">
              <span>{title}</span>
              <span className="option-note">{text}</span>
            </span>
            <span className="option-end">{id}</span>
          </>
        )}
      />
    </Dialog>
  )
}
