import { textOf } from '@graft/errors'
import { canvasApi } from '../../page/canvas-api.js'
import { align, distribute, move, tidy } from '../../document/commands/arrange.js'
import type { Edge } from '../../document/commands/arrange.js'
import type { Box } from '../../document/graph/geometry.js'
import { positionOf } from '../../document/graph/geometry.js'
import { dispatch, editor, getDocument, getManifests } from '../../document/store.js'
import type { IconName } from '../../ui/Icon.js'
import { ui } from '../../page/page-store.js'
import { toast } from '../../ui/toasts/toast.js'
import type { DrawerTab } from '../../page/page-store.js'
import { hasNodes, hasSeveral } from './app-command.js'
import type { AppCommand } from './app-command.js'
import { neighbour, step } from './neighbours.js'

function selectedBoxes(): ReadonlyMap<string, Box> {
  const chosen = new Set(editor.get().selection.nodes)
  return new Map([...(canvasApi()?.boxes() ?? [])].filter(([id]) => chosen.has(id)))
}

/** Lays out the selected nodes, or all when fewer than two are selected. */
async function tidyUp(): Promise<void> {
  const all = canvasApi()?.boxes() ?? new Map<string, Box>()
  const chosen = selectedBoxes()
  const before = getDocument()
  try {
    const { tidyPositions } = await import('../../layout/tidy.js')
    const positions = await tidyPositions(before, getManifests(), chosen.size > 1 ? chosen : all)
    if (getDocument() !== before) return
    dispatch(tidy(before, positions))
    if (chosen.size < 2) setTimeout(() => canvasApi()?.fit(), 50)
  } catch (error) {
    toast('error', `The graph could not be tidied up: ${textOf(error)}`, 'Reload the page and try again.')
  }
}

function nudge(x: number, y: number): void {
  const document = getDocument()
  const nodes = new Map(
    editor
      .get()
      .selection.nodes.map((id) => [id, { x: positionOf(document, id).x + x, y: positionOf(document, id).y + y }]),
  )
  dispatch(move(document, { nodes }, 'arrow-keys'))
}

function goTo(id: string | null): void {
  if (id !== null) canvasApi()?.reveal(id)
}

const lastSelected = (): string | undefined => editor.get().selection.nodes.at(-1)

function showDetails(): void {
  editor.select({})
  ui.set({ inspector: true, graphDetails: true })
}

const toggleDrawer = (tab: DrawerTab) => (): void => ui.set({ drawer: ui.get().drawer === tab ? null : tab })

const alignments: readonly (readonly [Edge, string, IconName])[] = [
  ['left', 'Align left edges', 'alignLeft'],
  ['right', 'Align right edges', 'alignRight'],
  ['top', 'Align top edges', 'alignTop'],
  ['bottom', 'Align bottom edges', 'alignBottom'],
  ['centre', 'Align centres, one below the other', 'alignCentre'],
  ['middle', 'Align middles, side by side', 'alignMiddle'],
]

const nudges: readonly (readonly [string, string, number, number])[] = [
  ['left', 'arrowleft', -10, 0],
  ['right', 'arrowright', 10, 0],
  ['up', 'arrowup', 0, -10],
  ['down', 'arrowdown', 0, 10],
]

/** Seeing and arranging. */
export const viewCommands: readonly AppCommand[] = [
  {
    id: 'tidy',
    title: 'Tidy up (automatic layout)',
    group: 'Arrange',
    icon: 'layout',
    shortcuts: ['shift+l'],
    run: () => void tidyUp(),
  },
  ...alignments.map(
    ([edge, title, icon]): AppCommand => ({
      id: `align-${edge}`,
      title,
      group: 'Arrange',
      icon,
      enabled: hasSeveral(2),
      run: () => dispatch(align(getDocument(), selectedBoxes(), edge)),
    }),
  ),
  {
    id: 'distribute-x',
    title: 'Distribute horizontally',
    group: 'Arrange',
    icon: 'distribute',
    enabled: hasSeveral(3),
    run: () => dispatch(distribute(getDocument(), selectedBoxes(), 'x')),
  },
  {
    id: 'distribute-y',
    title: 'Distribute vertically',
    group: 'Arrange',
    icon: 'distributeDown',
    enabled: hasSeveral(3),
    run: () => dispatch(distribute(getDocument(), selectedBoxes(), 'y')),
  },
  ...nudges.flatMap(([word, key, x, y]): AppCommand[] => [
    {
      id: `nudge-${word}`,
      title: `Move ${word}`,
      group: 'Arrange',
      shortcuts: [key],
      enabled: hasNodes,
      run: () => nudge(x, y),
    },
    {
      id: `nudge-${word}-far`,
      title: `Move ${word} a lot`,
      group: 'Arrange',
      shortcuts: [`shift+${key}`],
      enabled: hasNodes,
      run: () => nudge(x * 5, y * 5),
    },
  ]),
  {
    id: 'fit',
    title: 'Show everything',
    group: 'View',
    icon: 'fit',
    shortcuts: ['1', 'home'],
    run: () => canvasApi()?.fit(),
  },
  {
    id: 'fit-selection',
    title: 'Zoom to the selection',
    group: 'View',
    icon: 'zoomIn',
    shortcuts: ['2'],
    enabled: hasNodes,
    run: () => canvasApi()?.fit(editor.get().selection.nodes),
  },
  {
    id: 'zoom-in',
    title: 'Zoom in',
    group: 'View',
    icon: 'zoomIn',
    shortcuts: ['+', '='],
    run: () => canvasApi()?.zoomBy(1.25),
  },
  {
    id: 'zoom-out',
    title: 'Zoom out',
    group: 'View',
    icon: 'zoomOut',
    shortcuts: ['-'],
    run: () => canvasApi()?.zoomBy(0.8),
  },
  { id: 'zoom-actual', title: 'Zoom to 100%', group: 'View', shortcuts: ['0'], run: () => canvasApi()?.zoomTo(1) },
  {
    id: 'minimap',
    title: 'Overview',
    group: 'View',
    icon: 'panelBottom',
    shortcuts: ['shift+m'],
    run: () => ui.set({ minimap: !ui.get().minimap }),
  },
  {
    id: 'toggle-palette',
    title: 'Node list',
    group: 'View',
    icon: 'panelLeft',
    shortcuts: ['mod+b'],
    run: () => ui.set({ palette: !ui.get().palette }),
  },
  {
    id: 'toggle-inspector',
    title: 'Inspector',
    group: 'View',
    icon: 'panelRight',
    shortcuts: ['mod+i'],
    run: () => ui.set({ inspector: !ui.get().inspector }),
  },
  {
    id: 'graph-details',
    title: 'Graph description',
    group: 'View',
    icon: 'info',
    shortcuts: ['mod+shift+i'],
    run: showDetails,
  },
  {
    id: 'drawer-problems',
    title: 'Problems',
    group: 'View',
    icon: 'error',
    shortcuts: ['alt+1'],
    run: () => ui.set({ drawer: 'run', runTab: 'problems' }),
  },
  {
    id: 'drawer-run',
    title: 'Run and results',
    group: 'View',
    icon: 'chart',
    shortcuts: ['alt+2'],
    run: toggleDrawer('run'),
  },
  {
    id: 'drawer-history',
    title: 'Run history',
    group: 'View',
    icon: 'history',
    shortcuts: ['alt+3'],
    run: toggleDrawer('history'),
  },
  {
    id: 'find',
    title: 'Find a node…',
    group: 'Go to',
    icon: 'search',
    shortcuts: ['mod+f', '/'],
    run: () => ui.set({ dialog: 'find' }),
  },
  {
    id: 'next-node',
    title: 'Next node',
    group: 'Go to',
    shortcuts: ['n', ']'],
    run: () => goTo(step(getDocument(), lastSelected(), 1)),
  },
  {
    id: 'previous-node',
    title: 'Previous node',
    group: 'Go to',
    shortcuts: ['p', '['],
    run: () => goTo(step(getDocument(), lastSelected(), -1)),
  },
  {
    id: 'node-after',
    title: 'Along the wire',
    group: 'Go to',
    shortcuts: ['alt+arrowright'],
    enabled: hasNodes,
    run: () => goTo(neighbour(getDocument(), lastSelected(), 'after')),
  },
  {
    id: 'node-before',
    title: 'Back along the wire',
    group: 'Go to',
    shortcuts: ['alt+arrowleft'],
    enabled: hasNodes,
    run: () => goTo(neighbour(getDocument(), lastSelected(), 'before')),
  },
]
