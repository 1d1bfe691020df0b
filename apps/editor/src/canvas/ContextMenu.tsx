import { useCallback } from 'react'
import type { ReactElement } from 'react'
import { Menu } from '../ui/Menu.js'
import { ui, useUi } from '../ui/ui-store.js'

const items = {
  node: ['edit-fields', 'rename', 'connect', 'run-to-here', null, 'bypass', 'mute', 'add-frame', null, 'cut', 'copy', 'duplicate', null, 'delete-heal', 'delete'],
  wire: ['add', null, 'delete'],
  canvas: ['add', 'add-note', 'add-frame', 'paste', null, 'select-all', 'tidy', 'fit', null, 'undo', 'redo'],
}

/** What a right click offers. */
export function ContextMenu(): ReactElement | null {
  const menu = useUi((state) => state.menu)
  const close = useCallback(() => ui.set({ menu: null }), [])
  if (menu === null) return null
  const labels = { node: 'Node', wire: 'Wire', canvas: 'Canvas' }
  return <Menu label={labels[menu.on]} items={items[menu.on]} at={menu.screen} onClose={close} />
}
