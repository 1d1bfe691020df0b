import { lazy, Suspense, useRef } from 'react'
import type { KeyboardEvent, PointerEvent, ReactElement } from 'react'
import { IconButton } from '../ui/Button.js'
import { ui, useUi } from '../page/page-store.js'

// Charts and results come with the first run, not with the page.
const RunDrawer = lazy(() => import('../run-panel/RunDrawer.js').then((module) => ({ default: module.RunDrawer })))
const RunHistory = lazy(() =>
  import('../history-compare/RunHistory.js').then((module) => ({ default: module.RunHistory })),
)

const smallest = 160
const clamp = (height: number): number => Math.round(Math.max(smallest, Math.min(height, innerHeight - 220)))

/**
 * What stands below the canvas: the run with its results, or all runs. Its upper edge can be dragged, or moved by arrow
 * keys.
 */
export function Drawer(): ReactElement | null {
  const tab = useUi((state) => state.drawer)
  const height = useUi((state) => state.drawerHeight)
  if (tab === null) return null
  return (
    <section className="drawer" aria-label="Panel" style={{ height: clamp(height) }}>
      <Resizer />
      <div className="drawer-content">
        <Suspense
          fallback={
            <p className="drawer-loading" role="status">
              Loading…
            </p>
          }
        >
          {tab === 'run' ? <RunDrawer /> : <RunHistory />}
        </Suspense>
      </div>
      <IconButton
        icon="close"
        size="s"
        label="Close the panel"
        className="drawer-close"
        onClick={() => ui.set({ drawer: null })}
      />
    </section>
  )
}

function Resizer(): ReactElement {
  const height = useUi((state) => state.drawerHeight)
  const start = useRef<{ readonly y: number; readonly height: number } | null>(null)
  const drag = (event: PointerEvent): void => {
    if (start.current !== null) ui.set({ drawerHeight: clamp(start.current.height + start.current.y - event.clientY) })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowUp: 24, ArrowDown: -24 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    ui.set({ drawerHeight: clamp(height + by) })
  }
  return (
    <div
      className="drawer-resizer"
      role="separator"
      aria-orientation="horizontal"
      aria-label="Height of the panel"
      aria-valuenow={clamp(height)}
      aria-valuemin={smallest}
      aria-valuemax={2000}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        start.current = { y: event.clientY, height: clamp(height) }
      }}
      onPointerMove={drag}
      onPointerUp={() => (start.current = null)}
    />
  )
}
