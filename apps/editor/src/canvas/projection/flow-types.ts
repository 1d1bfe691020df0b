import type { GraphDocument, GraphNode, NodeManifest, Port } from '@graft/graph-schema'
import type { Edge, Node } from '@xyflow/react'
import type { Selection } from '../../document/commands/command.js'
import type { Point, PortNames } from '../../document/graph/geometry.js'

export interface CardData extends Record<string, unknown> {
  readonly node: GraphNode
  readonly manifest: NodeManifest | undefined
  /**
   * The type is not installed: the card is a placeholder. False while the runner has not said which types there are.
   */
  readonly isUnknown: boolean
  readonly ports: PortNames
  /** Shows its title only. */
  readonly isCollapsed: boolean
  /** Chosen by the person, by its name. */
  readonly color: string | undefined
}
export interface FrameData extends Record<string, unknown> {
  readonly index: number
  readonly title: string
  readonly color: string | undefined
}
export interface NoteData extends Record<string, unknown> {
  readonly index: number
  readonly text: string
}
export interface GroupData extends Record<string, unknown> {
  readonly id: string
  readonly title: string
  readonly nodes: readonly string[]
  readonly ports: PortNames
}
/** A closed group is a card in place of its nodes, an open one a frame behind them. */
export type GroupFlowNode = Node<GroupData, 'group-closed' | 'group-open'>
export type CardFlowNode = Node<CardData, 'card'>
export type FrameFlowNode = Node<FrameData, 'frame'>
export type NoteFlowNode = Node<NoteData, 'note'>
export type FlowNode = CardFlowNode | FrameFlowNode | NoteFlowNode | GroupFlowNode
export interface WireData extends Record<string, unknown> {
  readonly kind: Port['kind'] | undefined
  readonly inactive: boolean
  /** Wires of one port share a lane, others run beside them. */
  readonly lane: number
  /** Points that the wire leads through. */
  readonly via: readonly Point[]
}
export type WireEdge = Edge<WireData, 'wire'>

/** Places and sizes while something is dragged or resized; the document gets them when the mouse is released. */
export interface Transient {
  readonly positions: ReadonlyMap<string, Point>
  readonly sizes: ReadonlyMap<string, Size>
}
interface Size {
  readonly width: number
  readonly height: number
}

export interface ProjectionInput {
  readonly document: GraphDocument
  readonly selection: Selection
  readonly manifests: ReadonlyMap<string, NodeManifest>
  readonly measured: ReadonlyMap<string, Size>
  readonly transient: Transient
}

export interface Projection {
  readonly nodes: FlowNode[]
  readonly edges: WireEdge[]
}

/** Keeps an item the same object as long as what it is made from stays the same. */
export type Keep = <Item extends FlowNode | WireEdge>(key: string, from: readonly unknown[], make: () => Item) => Item
