import type { ReactElement } from 'react'
import { Dialog } from '../../ui/Dialog.js'
import { ui } from '../../page/page-store.js'
import { commandGroups } from '../lists/app-command.js'
import { commands } from '../commands.js'
import { Keys } from '../keys/Keys.js'
import '../commands.css'

const mouse: readonly (readonly [string, string])[] = [
  ['Add a node', 'Double-click the canvas'],
  ['Add a connected node', 'Drop a wire on the canvas'],
  ['Put a node on a wire', 'Drop it on the wire'],
  ['Select several', 'Shift and drag'],
  ['Move the view', 'Drag the canvas, or scroll'],
  ['Rename', 'Double-click the title'],
]

/** All keys, from the list of commands. */
export function ShortcutSheet(): ReactElement {
  return (
    <Dialog title="Keyboard shortcuts" onClose={() => ui.set({ dialog: null })} className="shortcut-dialog">
      <div className="shortcut-scroll" tabIndex={0} role="region" aria-label="Shortcuts by group">
        <div className="shortcut-groups">
          {commandGroups.map((group) => (
            <section key={group}>
              <h3>{group}</h3>
              <dl>
                {commands
                  .filter(
                    (command) =>
                      command.group === group && (command.shortcuts?.length ?? 0) > 0 && !command.id.endsWith('-far'),
                  )
                  .map((command) => (
                    <div key={command.id} className="shortcut-row">
                      <dt>{command.title}</dt>
                      <dd>
                        {command.shortcuts
                          ?.slice(0, 2)
                          .filter((shortcut, index) => index === 0 || !shortcut.includes('+'))
                          .map((shortcut) => (
                            <Keys key={shortcut} shortcut={shortcut} />
                          ))}
                      </dd>
                    </div>
                  ))}
              </dl>
            </section>
          ))}
          <section>
            <h3>With Shift</h3>
            <dl>
              <div className="shortcut-row">
                <dt>Arrow keys move five times as far</dt>
              </div>
            </dl>
          </section>
          <section>
            <h3>Mouse</h3>
            <dl>
              {mouse.map(([what, how]) => (
                <div key={what} className="shortcut-row">
                  <dt>{what}</dt>
                  <dd className="shortcut-how">{how}</dd>
                </div>
              ))}
            </dl>
            <p className="shortcut-note">
              Tab opens the node search after a click on the canvas; otherwise it moves from node to node, as
              everywhere.
            </p>
          </section>
        </div>
      </div>
    </Dialog>
  )
}
