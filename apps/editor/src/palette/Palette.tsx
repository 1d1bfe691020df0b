import type { NodeManifest } from '@graft/graph-schema'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { canvasApi } from '../page/canvas-api.js'
import { unlessActed } from '../page/late-focus.js'
import { isNarrow } from '../page/narrow.js'
import { ui } from '../page/page-store.js'
import { nodeTypeMime } from '../canvas/gestures/drop.js'
import { addNode } from '../document/commands/nodes.js'
import { cardSize, cardSizeOf, freePlace } from '../document/graph/geometry.js'
import { dispatch, getDocument, useManifests } from '../document/store.js'
import { Icon } from '../ui/Icon.js'
import { byCategory, firstSentence, typeEntries } from '../node-types/type-entries.js'
import { search } from '../ui/lists/search.js'
import { TypeIcon } from '../node-types/TypeIcon.js'
import './palette.css'

/** All node types, by category: drag one to the canvas, or click to add it in the middle. */
export function Palette(): ReactElement {
  const manifests = useManifests()
  const [query, setQuery] = useState('')
  const groups = byCategory(search(typeEntries(manifests.values()), query))
  return (
    <nav className="palette" aria-label="Node types" data-tour="palette">
      <label className="palette-search">
        <Icon name="search" size={14} />
        <input
          type="search"
          aria-label="Search node types"
          placeholder="Search nodes"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && setQuery('')}
        />
      </label>
      <div className="palette-groups">
        {[...groups].map(([category, entries]) => (
          <section key={category} aria-labelledby={`palette-${category}`}>
            <h2 id={`palette-${category}`} className="palette-heading">
              {category}
            </h2>
            <ul>
              {entries.map(({ manifest }) => (
                <PaletteEntry key={manifest.type} manifest={manifest} />
              ))}
            </ul>
          </section>
        ))}
        {groups.size === 0 && (
          <p className="palette-empty">
            {manifests.size === 0
              ? 'The list of nodes comes from the server, which has not answered yet.'
              : `No node matches “${query}”.`}
          </p>
        )}
      </div>
    </nav>
  )
}

function PaletteEntry({ manifest }: { readonly manifest: NodeManifest }): ReactElement {
  return (
    <li>
      <button
        type="button"
        className="palette-entry"
        title={firstSentence(manifest.doc)}
        draggable
        onDragStart={(event) => {
          event.dataTransfer.setData(nodeTypeMime, manifest.type)
          event.dataTransfer.effectAllowed = 'copy'
        }}
        onClick={() => addInMiddle(manifest)}
      >
        <TypeIcon manifest={manifest} />
        <span>{manifest.title}</span>
      </button>
    </li>
  )
}

function addInMiddle(manifest: NodeManifest): void {
  const api = canvasApi()
  const middle = api?.centre() ?? { x: 0, y: 0 }
  const size = cardSizeOf({ inputs: Object.keys(manifest.inputs), outputs: Object.keys(manifest.outputs) })
  const place = freePlace(
    { x: middle.x - cardSize.width / 2, y: middle.y - size.height / 2 },
    size,
    api?.boxes().values() ?? [],
  )
  const { command, id } = addNode(getDocument(), manifest, place)
  dispatch(command)
  if (isNarrow()) ui.set({ palette: false })
  // So that Delete, arrows and the other keys act on what was just added.
  setTimeout(
    unlessActed(() => api?.focus(id)),
    60,
  )
}
