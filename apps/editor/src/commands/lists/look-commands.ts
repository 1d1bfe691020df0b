import { setColor, toggleCollapsed } from '../../document/commands/cards.js'
import { pointsOf, straighten } from '../../document/commands/wire-points.js'
import type { EditorState } from '../../document/editor-store.js'
import { colorNames, cssColor } from '../../document/graph/colors.js'
import type { ColorName } from '../../document/graph/colors.js'
import { dispatch, editor, getDocument } from '../../document/store.js'
import { canvasApi } from '../../page/canvas-api.js'
import { ui } from '../../page/page-store.js'
import { hasNodes } from './app-command.js'
import type { AppCommand } from './app-command.js'

const hasColored = ({ selection }: EditorState): boolean => selection.nodes.length + selection.frames.length > 0
const hasOneWire = ({ selection }: EditorState): boolean => selection.edges.length === 1 && selection.nodes.length === 0
const hasPoints = ({ selection, document }: EditorState): boolean =>
  selection.edges.some((key) => pointsOf(document, key).length > 0)

const paint = (color: ColorName | null) => (): void => dispatch(setColor(getDocument(), editor.get().selection, color))

/** Beside the first selected node, else in the middle of the canvas. */
function chooseColor(): void {
  const api = canvasApi()
  if (api === null) return
  const box = api.boxes().get(editor.get().selection.nodes[0] ?? '')
  const place = box === undefined ? api.centre() : { x: box.x + box.width / 2, y: box.y + box.height }
  ui.set({ menu: { screen: api.toScreen(place), place, on: 'color' } })
}

function addPointToWire(): void {
  const [key] = editor.get().selection.edges
  if (key !== undefined) canvasApi()?.addWirePoint(key)
}

/** How nodes, frames and wires are drawn. */
export const lookCommands: readonly AppCommand[] = [
  {
    id: 'collapse',
    title: 'Collapse to the title, or open again',
    keywords: 'minimize fold hide small expand',
    group: 'Arrange',
    icon: 'collapse',
    shortcuts: ['h'],
    enabled: hasNodes,
    run: () => dispatch(toggleCollapsed(getDocument(), editor.get().selection.nodes)),
  },
  {
    id: 'color',
    title: 'Colour…',
    keywords: 'color paint mark highlight',
    group: 'Arrange',
    icon: 'palette',
    enabled: hasColored,
    run: chooseColor,
  },
  {
    id: 'color-none',
    title: 'No colour',
    keywords: 'color default',
    group: 'Arrange',
    enabled: hasColored,
    run: paint(null),
  },
  ...colorNames.map(
    (name): AppCommand => ({
      id: `color-${name}`,
      title: `Colour ${name}`,
      keywords: 'color',
      group: 'Arrange',
      swatch: cssColor(name) ?? '',
      enabled: hasColored,
      run: paint(name),
    }),
  ),
  {
    id: 'add-point',
    title: 'Lead the wire through a point',
    keywords: 'reroute bend dot junction',
    group: 'Arrange',
    icon: 'point',
    shortcuts: ['r'],
    enabled: hasOneWire,
    run: addPointToWire,
  },
  {
    id: 'straighten',
    title: 'Remove the wire’s points',
    keywords: 'reroute straighten',
    group: 'Arrange',
    enabled: hasPoints,
    run: () => dispatch(straighten(editor.get().selection.edges)),
  },
]
