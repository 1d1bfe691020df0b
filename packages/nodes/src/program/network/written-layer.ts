import type { Layer } from '@graft/network'
import type { TorchCall, TorchLayer } from './torch-operator.js'

/** A module or parameter of a stage. */
export interface Member {
  /** The stage's attribute in the network. */
  readonly stage: string
  /** Its own in the stage. */
  readonly name: string
}

/** A layer with how it is written, and what it is called in its stage. */
export interface WrittenLayer {
  readonly layer: Layer
  readonly call: TorchCall
  readonly torch: TorchLayer
  /** The layer's module, its own or that of a layer before it which has the same parameters. */
  readonly module: Member
  /** The parameters that no module holds, by slot. */
  readonly loose: Readonly<Record<string, Member>>
  /** What of this is its own: made here, not with a layer before it. */
  readonly makes: { readonly module: boolean; readonly loose: ReadonlySet<string> }
}

export interface WrittenStage {
  readonly name: string
  readonly attribute: string
  readonly layers: readonly WrittenLayer[]
  /** Attributes of the stages before that have modules or parameters which this one uses too. */
  readonly borrowsFrom: readonly string[]
}

/** A parameter's name from its stage on. */
export const pathIn = ({ loose, module, torch }: WrittenLayer, slot: string): string =>
  loose[slot]?.name ?? `${module.name}.${torch.names?.[slot]}`
