/** A directed graph to be laid out from top to bottom. Edges with unknown ends must be left out by the caller. */
export interface LayoutGraph {
  readonly nodes: readonly string[]
  readonly edges: readonly (readonly [from: string, to: string])[]
}

export interface LayeredLayout {
  /** Rows from the top; a row holds real nodes and, as `null` ids, places where a long edge passes through. Columns are x positions in node widths. */
  readonly place: ReadonlyMap<string, { readonly row: number; readonly column: number }>
  /** For each edge, in order, the points that it passes, ends included. */
  readonly routes: readonly (readonly { readonly row: number; readonly column: number }[])[]
  readonly rows: number
  readonly columns: number
}

interface Slot {
  readonly row: number
  column: number
  readonly above: Slot[]
  readonly below: Slot[]
}

/** Layered layout (Sugiyama's method): longest-path rows, stand-ins where edges skip rows, barycentre ordering, then straightened columns. Cycles must be cut first. */
export function layeredLayout({ nodes, edges }: LayoutGraph): LayeredLayout {
  const rowOf = longestPathRows(nodes, edges)
  const rows: Slot[][] = Array.from({ length: Math.max(0, ...rowOf.values()) + 1 }, () => [])
  const addSlot = (row: number): Slot => {
    const slot: Slot = { row, column: rows[row]?.length ?? 0, above: [], below: [] }
    rows[row]?.push(slot)
    return slot
  }
  const slots = new Map(nodes.map((id) => [id, addSlot(rowOf.get(id) ?? 0)]))
  const routes = edges.map(([from, to]) => connect(slots.get(from), slots.get(to), addSlot))
  for (let sweep = 0; sweep < 8; sweep++) orderRows(rows, sweep % 2 === 0)
  for (let sweep = 0; sweep < 12; sweep++) straighten(rows, sweep % 2 === 0)
  const least = Math.min(...rows.flat().map(({ column }) => column))
  for (const slot of rows.flat()) slot.column -= least
  const columns = Math.max(0, ...rows.flat().map(({ column }) => column)) + 1
  return { place: slots, routes, rows: rows.length, columns }
}

/** As low as what follows allows, so that a node stands right above its first user. */
function longestPathRows(nodes: readonly string[], edges: LayoutGraph['edges']): ReadonlyMap<string, number> {
  const depth = new Map(nodes.map((id) => [id, 0]))
  // Each pass settles at least one more row.
  for (let pass = 0; pass < nodes.length; pass++) for (const [from, to] of edges) depth.set(to, Math.max(depth.get(to) ?? 0, (depth.get(from) ?? 0) + 1))
  const sources = nodes.filter((id) => edges.every(([, to]) => to !== id))
  for (const id of sources) {
    const users = edges.filter(([from]) => from === id).map(([, to]) => depth.get(to) ?? 0)
    if (users.length > 0) depth.set(id, Math.max(0, Math.min(...users) - 1))
  }
  return depth
}

function connect(from: Slot | undefined, to: Slot | undefined, addSlot: (row: number) => Slot): readonly Slot[] {
  if (from === undefined || to === undefined) return []
  const route = [from]
  for (let row = from.row + 1; row < to.row; row++) route.push(addSlot(row))
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

/** Moves slots towards the middle of their neighbours without changing their order, at least one width apart. */
function straighten(rows: readonly Slot[][], down: boolean): void {
  for (const row of down ? rows : rows.toReversed()) {
    const wanted = row.map((slot) => mean(down ? slot.above : slot.below, slot.column))
    const left: number[] = []
    const right: number[] = []
    wanted.forEach((column, index) => left.push(Math.max(column, (left[index - 1] ?? Number.NEGATIVE_INFINITY) + 1)))
    for (let index = row.length - 1; index >= 0; index--) right[index] = Math.min(wanted[index] ?? 0, (right[index + 1] ?? Number.POSITIVE_INFINITY) - 1)
    row.forEach((slot, index) => (slot.column = ((left[index] ?? 0) + (right[index] ?? 0)) / 2))
  }
}
