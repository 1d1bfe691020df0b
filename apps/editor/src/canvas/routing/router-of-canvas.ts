import { useSyncExternalStore } from 'react'
import type { Point } from '../../document/graph/geometry.js'
import type { WireEnds } from './bezier.js'
import type { WireRoute } from './route-wire.js'
import { createWireRouter } from './wire-router.js'
import type { WireRouter } from './wire-router.js'

const routers = new WeakMap<object, WireRouter>()

/**
 * The routes of a canvas's wires. A canvas is known by its React Flow store's `getState`: every component gets an
 * object of its own for the rest of the store.
 */
export function routerOf(canvas: object): WireRouter {
  const router = routers.get(canvas) ?? createWireRouter()
  routers.set(canvas, router)
  return router
}

/** How a wire runs; renders again only when that changes. */
export function useRoute(canvas: object, key: string, ends: WireEnds, lane: number, via?: readonly Point[]): WireRoute {
  const router = routerOf(canvas)
  return useSyncExternalStore(router.subscribe, () => router.routeOf(key, ends, lane, via))
}
