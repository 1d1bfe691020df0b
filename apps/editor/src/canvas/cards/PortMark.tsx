import { Handle, Position } from '@xyflow/react'
import type { Port } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { kindName } from '../../document/graph/kind-name.js'

export interface PortMarkProps {
  readonly name: string
  readonly side: 'input' | 'output'
  readonly kind: Port['kind'] | undefined
  readonly isOptional: boolean
  readonly isWrong?: boolean
  /** Heading beside the handle. */
  readonly heading: string
  /** What a pointer that rests on it shows. */
  readonly tip: string
}

/** A port on a card: the handle that wires hang on, and its heading. */
export function PortMark({ name, side, kind, isOptional, isWrong = false, heading, tip }: PortMarkProps): ReactElement {
  return (
    <span className={`port port-${side} port-kind-${kindName(kind)}${isWrong ? ' port-wrong' : ''}`} title={tip}>
      <Handle
        id={name}
        type={side === 'input' ? 'target' : 'source'}
        position={side === 'input' ? Position.Left : Position.Right}
        className={`handle handle-${side}${isOptional ? ' handle-optional' : ''}`}
      />
      <span className="port-title">{heading}</span>
    </span>
  )
}
