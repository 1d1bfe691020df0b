import { addPoint, placeAmong } from '../../document/commands/wire-points.js'
import type { Point } from '../../document/graph/geometry.js'
import { unlessActed } from '../../page/late-focus.js'
import { dispatch } from '../../document/store.js'
import { wiresOf } from './drag-painter.js'

/** Leads a drawn wire through one more place, its middle if none is given, and moves the focus to the new point. */
export function addWirePoint(canvas: object, key: string, place?: Point): void {
  const wire = wiresOf(canvas).get(key)
  if (wire === undefined) return
  const { sourceX, sourceY, targetX, targetY } = wire.ends
  const point = place ?? wire.middle
  const index = placeAmong(
    [
      { x: sourceX, y: sourceY },
      { x: targetX, y: targetY },
    ],
    wire.via,
    point,
  )
  dispatch(addPoint(key, index, point))
  const focusPoint = unlessActed(() =>
    document
      .querySelector<HTMLElement>(`.wire-point[data-wire="${CSS.escape(key)}"][data-index="${index}"]`)
      ?.focus({ preventScroll: true }),
  )
  requestAnimationFrame(() => requestAnimationFrame(focusPoint))
}
