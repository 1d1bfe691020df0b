import { groupNodes, setGroup, ungroup } from '../../document/commands/groups.js'
import type { EditorState } from '../../document/editor-store.js'
import { groupMeant, groupOf } from '../../document/graph/groups.js'
import { dispatch, editor, getDocument } from '../../document/store.js'
import { hasSeveral } from './app-command.js'
import type { AppCommand } from './app-command.js'

const inGroup = ({ document, selection }: EditorState): boolean =>
  selection.nodes.some((id) => groupOf(document, id) !== undefined)

const selected = (): readonly string[] => editor.get().selection.nodes

function toggleGroup(): void {
  const group = groupMeant(getDocument(), selected())
  if (group !== undefined) dispatch(setGroup(group.id, { closed: !group.isClosed }))
}

/** Nodes that are shown as one. */
export const groupCommands: readonly AppCommand[] = [
  {
    id: 'group',
    title: 'Group the nodes into one',
    keywords: 'subgraph nest collapse encapsulate',
    group: 'Arrange',
    icon: 'group',
    shortcuts: ['mod+g'],
    enabled: hasSeveral(2),
    run: () => dispatch(groupNodes(getDocument(), selected())),
  },
  {
    id: 'ungroup',
    title: 'Ungroup',
    keywords: 'subgraph unpack',
    group: 'Arrange',
    shortcuts: ['mod+shift+g'],
    enabled: inGroup,
    run: () => dispatch(ungroup(getDocument(), selected())),
  },
  {
    id: 'toggle-group',
    title: 'Open or close the group',
    keywords: 'subgraph expand enter',
    group: 'Arrange',
    shortcuts: ['g'],
    enabled: inGroup,
    run: toggleGroup,
  },
]
