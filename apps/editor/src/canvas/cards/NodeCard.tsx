import { inputPort } from '@graft/graph-schema'
import type { Port } from '@graft/graph-schema'
import { kindName } from '../../document/graph/kind-name.js'
import { nodeOf } from '@graft/graph-schema'
import type { NodeRunState, Problem } from '@graft/graph-schema'
import { Handle, Position, useUpdateNodeInternals } from '@xyflow/react'
import type { NodeProps } from '@xyflow/react'
import { memo, useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import { setTitle } from '../../document/commands/nodes.js'
import { cssColor } from '../../document/graph/colors.js'
import { cardSizeOf } from '../../document/graph/geometry.js'
import { dispatch, editor, useEditor } from '../../document/store.js'
import { problemsByNode } from '../../document/graph/problems.js'
import { useNodeRun } from '../../run/run-store.js'
import { Icon } from '../../ui/Icon.js'
import { cardStatus, worstProblem } from './card-status.js'
import { categoryColor, categoryIcon } from '../../node-types/category.js'
import { summaryOf } from '../../node-types/node-summary.js'
import { PortMark } from './PortMark.js'
import { PreviewImage } from './PreviewImage.js'
import type { CardData, CardFlowNode } from '../projection/to-flow.js'
import { useIsStale } from './use-is-stale.js'
import './node-card.css'

const noProblems: readonly Problem[] = []

/** A node on the canvas. Draws what the document, check() and the run say; knows no node type. */
export const NodeCard = memo(function NodeCard({ id, data, selected }: NodeProps<CardFlowNode>): ReactElement {
  const { node, manifest, isUnknown, ports, isCollapsed } = data
  const run = useNodeRun(id)
  const isStale = useIsStale(id)
  const problems = useEditor((state) => problemsByNode(state.problems).get(id) ?? noProblems)
  const status = cardStatus(node, run, isStale, summaryOf(node, manifest))
  const problem = worstProblem(problems)
  const preview = run?.previews.at(-1)
  const classes = [
    'card',
    `card-${status.tone}`,
    selected ? 'card-selected' : '',
    isUnknown ? 'card-unknown' : '',
    problem === null ? '' : `card-${problem.severity}`,
    node.muted === true ? 'card-muted' : '',
    node.bypassed === true ? 'card-bypassed' : '',
    isCollapsed ? 'card-collapsed' : '',
    cssColor(data.color) === null ? '' : 'card-colored',
  ]
  return (
    <div
      className={classes.join(' ')}
      style={
        {
          '--category': cssColor(data.color) ?? categoryColor(manifest?.category),
          '--card-height': `${cardSizeOf(ports, isCollapsed).height}px`,
        } as React.CSSProperties
      }
    >
      <CardHeader id={id} data={data} problem={problem} />
      {isCollapsed ? (
        <CollapsedPorts data={data} />
      ) : (
        <CardBody id={id} data={data} problems={problems} status={status} preview={preview} />
      )}
      {status.tone === 'running' && (
        <div
          className={status.progress === null ? 'card-progress card-progress-open' : 'card-progress'}
          role="progressbar"
          aria-label={`Progress of ${node.title ?? manifest?.title ?? id}`}
          {...(status.progress !== null && { 'aria-valuenow': Math.round(status.progress * 100) })}
        >
          <div style={{ width: `${100 * (status.progress ?? 1)}%` }} />
        </div>
      )}
    </div>
  )
})

/** Ports, what the node is set to or does, and what it made. */
function CardBody({
  id,
  data,
  problems,
  status,
  preview,
}: {
  readonly id: string
  readonly data: CardData
  readonly problems: readonly Problem[]
  readonly status: ReturnType<typeof cardStatus>
  readonly preview: NodeRunState['previews'][number] | undefined
}): ReactElement {
  const { ports } = data
  return (
    <>
      <Ports id={id} data={data} problems={problems} key={`${ports.inputs.join()}>${ports.outputs.join()}`} />
      <div className="card-footer" title={status.detail}>
        <span className="card-state">
          {status.tone !== 'idle' && <StatusDot tone={status.tone} />}
          <span className="card-state-text">{status.text}</span>
        </span>
        {status.metric !== null && (
          <span className="card-metric numeric" title={status.metric.title}>
            {status.metric.text}
          </span>
        )}
      </div>
      {preview !== undefined && <PreviewImage title={preview.title} sha256={preview.blob.sha256} />}
    </>
  )
}

/** All ports of a side in one place, for the wires that lead there. */
function CollapsedPorts({ data: { manifest, ports } }: { readonly data: CardData }): ReactElement {
  const handle = (side: 'input' | 'output', name: string): ReactElement => {
    const port = side === 'input' ? inputPort(manifest, name) : manifest?.outputs[name]
    return (
      <Handle
        key={`${side} ${name}`}
        id={name}
        type={side === 'input' ? 'target' : 'source'}
        position={side === 'input' ? Position.Left : Position.Right}
        className={`handle handle-${side} port-kind-${kindName(port?.kind)}`}
      />
    )
  }
  return (
    <>
      {ports.inputs.map((name) => handle('input', name))}
      {ports.outputs.map((name) => handle('output', name))}
    </>
  )
}

function CardHeader({
  id,
  data: { node, manifest },
  problem,
}: {
  readonly id: string
  readonly data: CardData
  readonly problem: ReturnType<typeof worstProblem>
}): ReactElement {
  const [isRenaming, setRenaming] = useState(false)
  const title = node.title ?? manifest?.title ?? node.type
  return (
    <div className="card-header" onDoubleClick={() => setRenaming(true)}>
      <span className="card-icon">
        <Icon name={manifest === undefined ? 'help' : categoryIcon(manifest.category)} size={14} />
      </span>
      {isRenaming ? (
        <TitleField id={id} title={title} onDone={() => setRenaming(false)} />
      ) : (
        <span
          className="card-title"
          title={node.title === undefined ? title : `${title} (${manifest?.title ?? node.type})`}
        >
          {title}
        </span>
      )}
      {node.muted === true && <Icon name="mute" size={14} label="Muted" />}
      {node.bypassed === true && <Icon name="bypass" size={14} label="Bypassed" />}
      {problem !== null && (
        <span className={`card-problem card-problem-${problem.severity}`} title={problem.text}>
          <Icon
            name={problem.severity === 'info' ? 'info' : problem.severity === 'warning' ? 'warning' : 'error'}
            size={14}
            label={`${problem.count} ${problem.count === 1 ? 'problem' : 'problems'}: ${problem.text}`}
          />
        </span>
      )}
    </div>
  )
}

function TitleField({
  id,
  title,
  onDone,
}: {
  readonly id: string
  readonly title: string
  readonly onDone: () => void
}): ReactElement {
  return (
    <input
      className="card-title-field nodrag"
      aria-label="Title"
      defaultValue={title}
      autoFocus
      maxLength={200}
      onFocus={(event) => event.target.select()}
      onBlur={(event) => {
        if (event.target.value !== title && nodeOf(editor.get().document, id) !== undefined)
          dispatch(setTitle(id, event.target.value.trim()))
        onDone()
      }}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Escape') event.currentTarget.value = title
        if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur()
      }}
    />
  )
}

function Ports({
  id,
  data: { manifest, ports },
  problems,
}: {
  readonly id: string
  readonly data: CardData
  readonly problems: readonly Problem[]
}): ReactElement {
  const updateNodeInternals = useUpdateNodeInternals()
  const rows = Math.max(ports.inputs.length, ports.outputs.length)
  const names = `${ports.inputs.join()}>${ports.outputs.join()}`
  useEffect(() => {
    // A placeholder's ports come and go with its wires; React Flow has to look again.
    if (manifest === undefined) updateNodeInternals(id)
  }, [id, names, manifest, updateNodeInternals])
  const wrong = new Set(problems.filter(({ severity }) => severity === 'error').map(({ field }) => field))
  return (
    <div className="card-ports">
      {Array.from({ length: rows }, (_, row) => (
        <div className="card-port-row" key={row}>
          <PortLabel
            side="input"
            name={ports.inputs[row]}
            port={inputPort(manifest, ports.inputs[row] ?? '')}
            isWrong={wrong.has(ports.inputs[row])}
          />
          <PortLabel
            side="output"
            name={ports.outputs[row]}
            port={manifest?.outputs[ports.outputs[row] ?? '']}
            isWrong={false}
          />
        </div>
      ))}
    </div>
  )
}

interface PortLabelProps {
  readonly side: 'input' | 'output'
  readonly name: string | undefined
  readonly port:
    | {
        readonly kind: Port['kind']
        readonly title: string
        readonly description: string
        readonly optional?: boolean
        readonly multiple?: boolean
        readonly splits?: readonly string[]
      }
    | undefined
  readonly isWrong: boolean
}

function PortLabel({ side, name, port, isWrong }: PortLabelProps): ReactElement {
  if (name === undefined) return <span />
  const kind = port?.kind ?? 'unknown'
  const extra = [
    port?.optional === true ? 'optional' : '',
    port?.multiple === true ? 'several wires' : '',
    port?.splits?.join(' or ') ?? '',
  ].filter((part) => part !== '')
  return (
    <PortMark
      name={name}
      side={side}
      kind={port?.kind}
      isOptional={port?.optional === true}
      isWrong={isWrong}
      heading={port?.title ?? name}
      tip={`${port?.title ?? name}: ${kind}${extra.length === 0 ? '' : ` (${extra.join(', ')})`}\n${port?.description ?? ''}`}
    />
  )
}

function StatusDot({ tone }: { readonly tone: string }): ReactElement {
  if (tone === 'done') return <Icon name="check" size={12} />
  if (tone === 'cached') return <Icon name="history" size={12} />
  if (tone === 'failed') return <Icon name="error" size={12} />
  if (tone === 'waiting') return <Icon name="clock" size={12} />
  return <span className={`dot dot-${tone}`} />
}
