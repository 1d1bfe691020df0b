import type { GraphDocument } from '@graft/graph-schema'
import { boundsOf } from '../graph/geometry.js'
import type { Box, Point } from '../graph/geometry.js'
import { edit } from './command.js'
import type { Command } from './command.js'

const margin = { side: 24, top: 48, bottom: 24 } as const

/** The place and size of a frame around boxes, with room for its title; null around none. */
export function surround(boxes: Iterable<Box>): Box | null {
  const bounds = boundsOf(boxes)
  return (
    bounds && {
      x: bounds.x - margin.side,
      y: bounds.y - margin.top,
      width: bounds.width + 2 * margin.side,
      height: bounds.height + margin.top + margin.bottom,
    }
  )
}

/** A frame around boxes, or an empty one at a place. */
export function addFrame(document: GraphDocument, around: Iterable<Box>, at: Point): Command {
  const box = surround(around) ?? { x: at.x, y: at.y, width: 400, height: 260 }
  return edit(
    'Added a frame',
    (draft) => void draft.layout.frames.push({ ...rounded(box), title: 'Frame', color: 'green' }),
    { select: { frames: [document.layout.frames.length] } },
  )
}

/** Changes a frame's title, colour, place or size. */
export function setFrame(
  index: number,
  change: Partial<Box & { readonly title: string; readonly color: string }>,
): Command {
  return edit(
    change.title === undefined ? 'Changed a frame' : `Renamed the frame to ${change.title}`,
    (draft) => {
      const frame = draft.layout.frames[index]
      if (frame !== undefined) Object.assign(frame, rounded(change))
    },
    { coalesce: `frame:${index}:${Object.keys(change).join()}` },
  )
}

/** A note to write on. */
export function addNote(document: GraphDocument, at: Point): Command {
  return edit(
    'Added a note',
    (draft) => void draft.layout.notes.push({ ...rounded(at), width: 220, height: 120, text: '' }),
    { select: { notes: [document.layout.notes.length] } },
  )
}

/** Changes a note's text, place or size. */
export function setNote(index: number, change: Partial<Box & { readonly text: string }>): Command {
  return edit(
    'Changed a note',
    (draft) => {
      const note = draft.layout.notes[index]
      if (note !== undefined) Object.assign(note, rounded(change))
    },
    { coalesce: `note:${index}:${Object.keys(change).join()}` },
  )
}

/** Nodes, notes and other frames whose middle is in a frame: they move with it. */
export function insideFrame(
  document: GraphDocument,
  index: number,
  boxes: ReadonlyMap<string, Box>,
): { readonly nodes: readonly string[]; readonly notes: readonly number[] } {
  const frame = document.layout.frames[index]
  if (frame === undefined) return { nodes: [], notes: [] }
  const holds = ({ x, y, width, height }: Box): boolean =>
    x + width / 2 > frame.x &&
    x + width / 2 < frame.x + frame.width &&
    y + height / 2 > frame.y &&
    y + height / 2 < frame.y + frame.height
  return {
    nodes: [...boxes].filter(([, box]) => holds(box)).map(([id]) => id),
    notes: document.layout.notes.flatMap((note, place) =>
      holds({ x: note.x, y: note.y, width: note.width ?? 220, height: note.height ?? 120 }) ? [place] : [],
    ),
  }
}

function rounded<Value extends object>(value: Value): Value {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, typeof item === 'number' ? Math.round(item) : (item as unknown)]),
  ) as Value
}
