import type { ReactElement } from 'react'
import { ui } from '../../page/page-store.js'
import { Dialog } from '../../ui/Dialog.js'
import './json-dialog.css'

/** How node types of other people come here: what a plugin may do is granted in a terminal, not by a page. */
export function PluginsDialog(): ReactElement {
  return (
    <Dialog title="Plugins" onClose={() => ui.set({ dialog: null })} className="json-dialog">
      <div className="plugins-text">
        <p>A plugin adds node types that somebody else has written. They stand in the list of nodes like all others.</p>
        <p>
          Add one in a terminal, where it says what it wants to be allowed and asks you:{' '}
          <code>graft plugin add PATH</code>. Then reload this page.
        </p>
        <p>
          <code>graft plugin list</code> shows those that are here, <code>graft plugin remove NAME</code> takes one
          away. How to write one: docs/plugin-guide.md.
        </p>
      </div>
    </Dialog>
  )
}
