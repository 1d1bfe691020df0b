/** A directed graph to be laid out from top to bottom. Edges with unknown ends must be left out by the caller. */
export interface LayoutGraph {
  readonly nodes: readonly string[]
  readonly edges: readonly (readonly [from: string, to: string])[]
}

export interface LayeredLayout {
  /**
   * Rows from the top; a row holds real nodes and, as `null` ids, places where a long edge passes through. Columns are
   * x positions in node widths.
   */
  readonly place: ReadonlyMap<string, { readonly row: number; readonly column: number }>
  /** For each edge, in order, the points that it passes, ends included. */
  readonly routes: readonly (readonly { readonly row: number; readonly column: number }[])[]
  readonly rows: number
  readonly columns: number
}

interface Slot {
  readonly row: number
  /** In node widths; a place where an edge passes through needs less. */
  readonly width: number
  column: number
  readonly above: Slot[]
  readonly below: Slot[]
}

/**
 * Layered layout (Sugiyama's method): longest-path rows, stand-ins where edges skip rows, barycentre ordering, then
 * straightened columns. Cycles must be cut first.
 */
export function layeredLayout({ nodes, edges }: LayoutGraph): LayeredLayout {
  const rowOf = longestPathRows(nodes, edges)
  const rows: Slot[][] = Array.from({ length: Math.max(0, ...rowOf.values()) + 1 }, () => [])
  const addSlot = (row: number, width: number): Slot => {
    const slot: Slot = { row, width, column: rows[row]?.length ?? 0, above: [], below: [] }
    rows[row]?.push(slot)
    return slot
  }
  const slots = new Map(nodes.map((id) => [id, addSlot(rowOf.get(id) ?? 0, 1)]))
  const routes = edges.map(([from, to]) => connect(slots.get(from), slots.get(to), addSlot))
  for (let sweep = 0; sweep < 8; sweep++) orderRows(rows, sweep % 2 === 0)
  for (const row of rows) spread(row)
  for (let sweep = 0; sweep < 13; sweep++) straighten(rows, sweep % 2 === 0)
  const least = Math.min(...rows.flat().map(({ column, width }) => column + (width < 1 ? 0.35 : 0)))
  for (const slot of rows.flat()) slot.column -= least
  const columns = Math.max(0, ...rows.flat().map(({ column, width }) => column - (width < 1 ? 0.35 : 0))) + 1
  return { place: slots, routes, rows: rows.length, columns }
}

/** As low as what follows allows, so that a node stands right above its first user. */
function longestPathRows(nodes: readonly string[], edges: LayoutGraph['edges']): ReadonlyMap<string, number> {
  const depth = new Map(nodes.map((id) => [id, 0]))
  // Each pass settles at least one more row.
  for (let pass = 0; pass < nodes.length; pass++)
    for (const [from, to] of edges) depth.set(to, Math.max(depth.get(to) ?? 0, (depth.get(from) ?? 0) + 1))
  const sources = nodes.filter((id) => edges.every(([, to]) => to !== id))
  for (const id of sources) {
    const users = edges.filter(([from]) => from === id).map(([, to]) => depth.get(to) ?? 0)
    if (users.length > 0) depth.set(id, Math.max(0, Math.min(...users) - 1))
  }
  return depth
}

/** Side by side, in order, before columns are straightened. */
function spread(row: readonly Slot[]): void {
  row.forEach((slot, index) => {
    const before = row[index - 1]
    slot.column = before === undefined ? 0 : before.column + distance(before, slot)
  })
}

function connect(
  from: Slot | undefined,
  to: Slot | undefined,
  addSlot: (row: number, width: number) => Slot,
): readonly Slot[] {
  if (from === undefined || to === undefined) return []
  const route = [from]
  for (let row = from.row + 1; row < to.row; row++) route.push(addSlot(row, 0.3))
  route.push(to)
  route.forEach((slot, index) => {
    const next = route[index + 1]
    if (next === undefined) return
    slot.below.push(next)
    next.above.push(slot)
  })
  return route
}

function mean(slots: readonly Slot[], otherwise: number): number {
  return slots.length === 0 ? otherwise : slots.reduce((sum, { column }) => sum + column, 0) / slots.length
}

/** Sorts each row by where its neighbours stand; downwards and upwards in turn. */
function orderRows(rows: readonly Slot[][], down: boolean): void {
  for (const row of down ? rows : rows.toReversed()) {
    const wanted = new Map(row.map((slot) => [slot, mean(down ? slot.above : slot.below, slot.column)]))
    row.sort((left, right) => (wanted.get(left) ?? 0) - (wanted.get(right) ?? 0))
    row.forEach((slot, column) => (slot.column = column))
  }
}

/**
 * Moves slots towards the middle of their neighbours without changing their order. Stand-ins go first and stay, so that
 * long edges run straight; then the nodes with most neighbours (Sugiyama's priority method).
 */
function straighten(rows: readonly Slot[][], down: boolean): void {
  for (const row of down ? rows : rows.toReversed()) {
    const neighbours = (slot: Slot): readonly Slot[] => (down ? slot.above : slot.below)
    const priority = (slot: Slot): number => (slot.width < 1 ? Number.POSITIVE_INFINITY : neighbours(slot).length)
    const placed = new Set<number>()
    const order = row
      .map((_, index) => index)
      .sort((a, b) => priority(row[b] as Slot) - priority(row[a] as Slot) || a - b)
    for (const index of order) {
      const slot = row[index] as Slot
      slot.column = clamp(mean(neighbours(slot), slot.column), ...room(row, index, placed))
      placed.add(index)
      pushAside(row, index, placed)
    }
  }
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value))

/** Least distance between the middles of two slots side by side. */
const distance = (left: Slot, right: Slot): number => (left.width + right.width) / 2

/** How far a slot may go before it would push one that is placed already. */
function room(row: readonly Slot[], index: number, placed: ReadonlySet<number>): [low: number, high: number] {
  const bound = (step: -1 | 1): number => {
    let needed = 0
    for (let at = index + step; at >= 0 && at < row.length; at += step) {
      needed += distance(row[at] as Slot, row[at - step] as Slot)
      if (placed.has(at)) return (row[at] as Slot).column - step * needed
    }
    return step * Number.POSITIVE_INFINITY
  }
  return [bound(-1), bound(1)]
}

/** Moves those not placed yet out of the way of the one that was just placed. */
function pushAside(row: readonly Slot[], index: number, placed: ReadonlySet<number>): void {
  for (const step of [-1, 1]) {
    for (let at = index + step; at >= 0 && at < row.length && !placed.has(at); at += step) {
      const [slot, before] = [row[at] as Slot, row[at - step] as Slot]
      const nearest = before.column + step * distance(slot, before)
      slot.column = step > 0 ? Math.max(slot.column, nearest) : Math.min(slot.column, nearest)
    }
  }
}
