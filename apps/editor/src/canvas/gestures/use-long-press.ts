import { useReactFlow } from '@xyflow/react'
import { useMemo } from 'react'
import type { PointerEvent } from 'react'
import { editor } from '../../document/store.js'
import { ui } from '../../page/page-store.js'
import type { UiState } from '../../page/page-store.js'
import { itemOf } from '../projection/to-flow.js'
import { selectionOf } from './select-only.js'

/** As long as phones take for their own menus, in milliseconds, and how far a finger may stray meanwhile, in pixels. */
const pressTime = 500
const stray = 10

export interface LongPress {
  readonly onPointerDownCapture: (event: PointerEvent) => void
  readonly onPointerMoveCapture: (event: PointerEvent) => void
  readonly onPointerUpCapture: () => void
  readonly onPointerCancelCapture: () => void
}

/** A finger that rests on the canvas opens the menu that the right button of a mouse opens. */
export function useLongPress(): LongPress {
  const { screenToFlowPosition } = useReactFlow()
  return useMemo(() => {
    let press: { readonly timer: ReturnType<typeof setTimeout>; readonly x: number; readonly y: number } | null = null
    const stop = (): void => {
      if (press !== null) clearTimeout(press.timer)
      press = null
    }
    const open = (target: Element, x: number, y: number): void => {
      press = null
      const on = select(target)
      if (on === null) return
      const screen = { x, y }
      ui.set({ menu: { screen, place: screenToFlowPosition(screen), on } })
    }
    return {
      onPointerDownCapture: ({ pointerType, isPrimary, target, clientX: x, clientY: y }) => {
        // A second finger zooms.
        stop()
        if (pointerType !== 'touch' || !isPrimary || !(target instanceof Element)) return
        press = { timer: setTimeout(() => open(target, x, y), pressTime), x, y }
      },
      onPointerMoveCapture: ({ clientX, clientY }) => {
        if (press !== null && Math.hypot(clientX - press.x, clientY - press.y) > stray) stop()
      },
      onPointerUpCapture: stop,
      onPointerCancelCapture: stop,
    }
  }, [screenToFlowPosition])
}

/** Selects what the finger is on and says which menu it has; null for buttons, ports and fields. */
function select(target: Element): NonNullable<UiState['menu']>['on'] | null {
  if (target.closest('button, input, textarea, a, .react-flow__handle') !== null) return null
  const node = target.closest('.react-flow__node')?.getAttribute('data-id')
  if (typeof node === 'string') {
    const { nodes } = editor.get().selection
    if (!nodes.includes(node)) editor.select(selectionOf(node))
    const { kind } = itemOf(node)
    return kind === 'node' || kind === 'group' ? 'node' : 'annotation'
  }
  const wire = target.closest('.react-flow__edge')?.getAttribute('data-id')
  if (typeof wire === 'string') {
    editor.select({ edges: [wire] })
    return 'wire'
  }
  return target.closest('.react-flow__pane') === null ? null : 'canvas'
}
