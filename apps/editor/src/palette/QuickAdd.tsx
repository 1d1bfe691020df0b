import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { canvasApi } from '../page/canvas-api.js'
import { dispatch, editor, getDocument, getManifests } from '../document/store.js'
import { SearchList } from '../ui/lists/SearchList.js'
import { unlessActed } from '../page/late-focus.js'
import { ui, useUi } from '../page/page-store.js'
import type { QuickAddRequest } from '../page/page-store.js'
import { quickAddCommand, quickAddEntries } from './quick-add-types.js'
import type { QuickAddEntry } from './quick-add-types.js'
import { firstSentence } from '../node-types/type-entries.js'
import { TypeIcon } from '../node-types/TypeIcon.js'
import './palette.css'

/** The search that adds a node where it was asked for. */
export function QuickAdd(): ReactElement | null {
  const request = useUi((state) => state.quickAdd)
  return request === null ? null : <QuickAddPopup key={`${request.screen.x},${request.screen.y}`} request={request} />
}

function QuickAddPopup({ request }: { readonly request: QuickAddRequest }): ReactElement {
  const element = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState(request.screen)
  const [entries] = useState(() => quickAddEntries(getDocument(), getManifests(), request))
  const close = (): void => ui.set({ quickAdd: null })
  useLayoutEffect(() => {
    const box = element.current?.getBoundingClientRect()
    if (box !== undefined)
      setPlace({
        x: Math.max(12, Math.min(request.screen.x, innerWidth - box.width - 12)),
        y: Math.max(12, Math.min(request.screen.y, innerHeight - box.height - 12)),
      })
  }, [request])
  useEffect(() => {
    const before = document.activeElement
    const outside = (event: PointerEvent): void => {
      if (element.current?.contains(event.target as Node) === false) close()
    }
    addEventListener('pointerdown', outside, true)
    return () => {
      removeEventListener('pointerdown', outside, true)
      if (before instanceof HTMLElement && before.isConnected && document.activeElement === document.body)
        before.focus({ preventScroll: true })
    }
  }, [])
  const choose = (entry: QuickAddEntry): void => {
    close()
    dispatch(quickAddCommand(getDocument(), getManifests(), request, entry, canvasApi()?.boxes().values()))
    const [id] = editor.get().selection.nodes
    if (id !== undefined)
      setTimeout(
        unlessActed(() => canvasApi()?.focus(id)),
        60,
      )
  }
  return (
    <div
      ref={element}
      className="quick-add"
      role="dialog"
      aria-label="Add a node"
      style={{ left: place.x, top: place.y }}
    >
      {request.start !== undefined && (
        <p className="quick-add-note">
          Nodes that {request.start.side === 'output' ? 'take' : 'give'} what “{request.start.end.port}”{' '}
          {request.start.side === 'output' ? 'gives' : 'needs'}
        </p>
      )}
      {request.wire !== undefined && <p className="quick-add-note">Nodes that fit on this wire</p>}
      <SearchList
        label="Search node types"
        placeholder="Add a node"
        items={entries}
        keyOf={({ manifest }) => manifest.type}
        groupOf={({ manifest }) => manifest.category}
        empty={
          getManifests().size === 0
            ? 'The list of nodes comes from the server, which has not answered yet.'
            : 'No node fits here.'
        }
        onChoose={choose}
        onEscape={close}
        render={({ manifest }) => (
          <>
            <TypeIcon manifest={manifest} />
            <span className="option-text">
              <span>{manifest.title}</span>
              <span className="option-note">{firstSentence(manifest.doc)}</span>
            </span>
          </>
        )}
      />
    </div>
  )
}
