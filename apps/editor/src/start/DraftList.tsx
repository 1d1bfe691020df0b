import { useState } from 'react'
import type { ReactElement } from 'react'
import { call } from '../api/client.js'
import { useCall } from '../api/use-call.js'
import { addressOfDraft } from '../session/address.js'
import { listDrafts } from '../session/drafts.js'
import { forgetDraft } from '../session/keep-drafts.js'
import { storage } from '../session/storages.js'
import { IconButton } from '../ui/Button.js'
import { ago, counted } from '../ui/format.js'
import { Icon } from '../ui/Icon.js'
import { undoable } from '../ui/toasts/undoable.js'
import { allDrafts } from './all-drafts.js'
import type { ListedDraft } from './all-drafts.js'

/** More must not push saved graphs off the page. */
const shownAtFirst = 5

/** The browser's drafts and the server's; those of this browser alone when the server is away. */
async function loadDrafts(signal: AbortSignal): Promise<readonly ListedDraft[]> {
  const mine = listDrafts(storage())
  const theirs = await call('listDrafts', { signal }).then(
    ({ drafts }) => drafts,
    () => [],
  )
  return allDrafts(mine, theirs)
}

/** Graphs that were edited and not saved. */
export function DraftList(): ReactElement | null {
  const loaded = useCall(loadDrafts)
  const [hidden, setHidden] = useState<readonly string[]>([])
  const [all, setAll] = useState(false)
  const drafts = loaded.status === 'ready' ? loaded.value.filter(({ id }) => !hidden.includes(id)) : []
  if (drafts.length === 0) return null
  const discard = ({ id, name }: ListedDraft): void => {
    setHidden([...hidden, id])
    undoable(
      `Discarded ${name}`,
      () => forgetDraft(id),
      () => setHidden((now) => now.filter((other) => other !== id)),
    )
  }
  return (
    <section aria-labelledby="start-drafts">
      <h2 id="start-drafts">Not saved yet</h2>
      <ul className="graph-list">
        {drafts.slice(0, all ? drafts.length : shownAtFirst).map((draft) => (
          <li key={draft.id} className="graph-row">
            <a href={addressOfDraft(draft.id)}>
              <Icon name="note" />
              <span className="graph-name-text">{draft.name}</span>
              <span className="graph-note">
                {counted(draft.nodes, 'node')}, {ago(new Date(draft.savedAt).toISOString(), Date.now())}
              </span>
            </a>
            <IconButton icon="trash" size="s" label={`Discard ${draft.name}`} onClick={() => discard(draft)} />
          </li>
        ))}
      </ul>
      {drafts.length > shownAtFirst && (
        <button type="button" className="link" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${drafts.length}`}
        </button>
      )}
    </section>
  )
}
