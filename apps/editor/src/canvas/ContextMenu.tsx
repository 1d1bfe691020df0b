import { useCallback } from 'react'
import type { ReactElement } from 'react'
import { menus } from '../commands/menus.js'
import { CommandMenu } from '../commands/CommandMenu.js'
import { ui, useUi } from '../page/page-store.js'

/** What a right click offers. */
export function ContextMenu(): ReactElement | null {
  const menu = useUi((state) => state.menu)
  const close = useCallback(() => ui.set({ menu: null }), [])
  if (menu === null) return null
  const labels = { node: 'Node', annotation: 'Frame or note', wire: 'Wire', canvas: 'Canvas', color: 'Colour' }
  return <CommandMenu label={labels[menu.on]} items={menus[menu.on]} at={menu.screen} onClose={close} />
}
