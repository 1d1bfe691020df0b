import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import type { ReactElement } from 'react'
import { setGroup, ungroup } from '../../document/commands/groups.js'
import { cardSizeOf } from '../../document/graph/geometry.js'
import { describePort } from '../../document/graph/groups.js'
import { dispatch, editor, getDocument, useEditor, useManifests } from '../../document/store.js'
import { problemsByNode } from '../../document/graph/problems.js'
import { useRunState } from '../../run/run-store.js'
import { IconButton } from '../../ui/Button.js'
import { Icon } from '../../ui/Icon.js'
import { counted } from '../../ui/format.js'
import type { GroupData, GroupFlowNode } from '../projection/to-flow.js'
import { PortMark } from './PortMark.js'
import './node-card.css'
import './annotations.css'

/** A closed group: a card with the ports of the wires that cross its border. */
export const ClosedGroup = memo(function ClosedGroup({ data, selected }: NodeProps<GroupFlowNode>): ReactElement {
  const { ports } = data
  const rows = Math.max(ports.inputs.length, ports.outputs.length)
  const wrong = useEditor(
    ({ problems }) =>
      data.nodes.flatMap((id) => problemsByNode(problems).get(id) ?? []).filter(({ severity }) => severity === 'error')
        .length,
  )
  return (
    <div
      className={`card card-group${selected ? ' card-selected' : ''}${wrong > 0 ? ' card-error' : ''}`}
      style={
        {
          '--category': 'var(--category-other)',
          '--card-height': `${cardSizeOf(ports).height}px`,
        } as React.CSSProperties
      }
    >
      <div className="card-header" onDoubleClick={() => open(data)}>
        <span className="card-icon">
          <Icon name="group" size={14} />
        </span>
        <span className="card-title" title={data.title}>
          {data.title}
        </span>
        {wrong > 0 && (
          <span className="card-problem card-problem-error">
            <Icon name="error" size={14} label={counted(wrong, 'problem')} />
          </span>
        )}
        <IconButton icon="chevronDown" size="s" label={`Open the group ${data.title}`} onClick={() => open(data)} />
      </div>
      <div className="card-ports">
        {Array.from({ length: rows }, (_, row) => (
          <div className="card-port-row" key={row}>
            <GroupPort side="input" name={ports.inputs[row]} />
            <GroupPort side="output" name={ports.outputs[row]} />
          </div>
        ))}
      </div>
      <div className="card-footer">
        <span className="card-state">
          <GroupState nodes={data.nodes} />
        </span>
      </div>
    </div>
  )
})

const open = ({ id }: GroupData): void => dispatch(setGroup(id, { closed: false }))

function GroupPort({
  side,
  name,
}: {
  readonly side: 'input' | 'output'
  readonly name: string | undefined
}): ReactElement {
  const manifests = useManifests()
  if (name === undefined) return <span />
  const port = describePort(getDocument(), manifests, name, side)
  return (
    <PortMark
      name={name}
      side={side}
      kind={port?.kind}
      isOptional={port?.optional === true}
      heading={port?.title ?? name}
      tip={`${port?.title ?? name}: ${name}`}
    />
  )
}

/** How many nodes, and how far a run is with them. */
function GroupState({ nodes }: { readonly nodes: readonly string[] }): ReactElement {
  const run = useRunState()
  const states = nodes.flatMap((id) => run?.nodes[id]?.status ?? [])
  const done = states.filter((status) => status === 'done' || status === 'cached').length
  const text = states.includes('failed')
    ? 'failed'
    : states.includes('running')
      ? 'running'
      : done === nodes.length
        ? 'done'
        : done > 0
          ? `${done} done`
          : ''
  return (
    <span className="card-state-text">
      {counted(nodes.length, 'node')}
      {text !== '' && ` · ${text}`}
    </span>
  )
}

/** An open group: a frame behind its nodes, which move with it. */
export const OpenGroup = memo(function OpenGroup({ data, selected }: NodeProps<GroupFlowNode>): ReactElement {
  return (
    <div className={`frame frame-grey group-open${selected ? ' frame-selected' : ''}`}>
      <div className="frame-handle">
        <input
          className="frame-title nopan"
          aria-label="Title of the group"
          value={data.title}
          size={Math.max(4, data.title.length + 1)}
          onChange={(event) => dispatch(setGroup(data.id, { title: event.target.value }))}
          onBlur={() => editor.endStep()}
          onKeyDown={(event) => {
            event.stopPropagation()
            if (event.key === 'Escape' || event.key === 'Enter') event.currentTarget.blur()
          }}
        />
        <span className="group-tools nodrag">
          <IconButton
            icon="collapse"
            size="s"
            label={`Close the group ${data.title}`}
            onClick={() => dispatch(setGroup(data.id, { closed: true }))}
          />
          <IconButton
            icon="close"
            size="s"
            label={`Ungroup ${data.title}`}
            onClick={() => dispatch(ungroup(getDocument(), data.nodes))}
          />
        </span>
      </div>
    </div>
  )
})
