import { NetworkBuilder } from '../../builder/network-builder.js'
import type { Preprocessing } from '../../network.js'
import type { Architecture, ArchitectureOptions, AskedTensor } from '../architecture.js'
import { firstParameter } from './first-parameter.js'
import { TorchLayers } from './torch-layers.js'

/** One network of a family: what it is called, and the numbers that make it differ from the others. */
export type Row<Sizes> = Sizes & {
  readonly id: string
  readonly title: string
  readonly aliases?: readonly string[]
  /** Default 224. */
  readonly inputSize?: number
  /** Where it differs from ImageNet's usual. */
  readonly preprocessing?: Partial<Preprocessing>
  /** Layouts that files of this network have; default: all of the family's. */
  readonly layouts?: readonly string[]
}

export interface Family<Sizes, Names> {
  readonly title: string
  /** Names of modules, by whose they are; the first are the network's own. */
  readonly layouts: Readonly<Record<string, Names>>
  readonly rows: readonly Row<Sizes>[]
  /** Tensors of files that the network doesn't need, besides counters of batches. */
  readonly ignored?: RegExp
  /** See `Architecture.asks`. */
  asked?(row: Row<Sizes>, names: Names, layout: string): ReadonlyMap<string, AskedTensor>
  /** See `Architecture.readsTimes`. */
  readsTimes?(layout: string): number
  /** See `Architecture.stateVersion`. */
  readonly stateVersion?: number
  /** Lays the layers in stages, the last one `head` and only where there are classes. */
  build(layers: TorchLayers, row: Row<Sizes>, names: Names, classes: number | null): void
  inputSizeOf?(shapes: ReadonlyMap<string, readonly number[]>, row: Row<Sizes>): number | undefined
  /** See `Architecture.storedShape`. */
  storedShape?(key: string, shape: readonly number[], row: Row<Sizes>, layout: string): readonly number[]
  /** See `Architecture.linearHead`; modules under the own names. */
  readonly linearHead?: Architecture['linearHead']
  /** See `Architecture.positions`. */
  positions?(names: Names): { readonly key: string; readonly before: number }
}

const counters = /(^|\.)num_batches_tracked$/

/** The architectures of a family, one per row. */
export function defineFamily<Sizes, Names>(family: Family<Sizes, Names>): readonly Architecture[] {
  return family.rows.map((row): Architecture => {
    const layouts = row.layouts ?? Object.keys(family.layouts)
    const builderFor = (
      layout: string,
      { classes, inputSize = row.inputSize ?? 224, seed }: ArchitectureOptions,
    ): NetworkBuilder => {
      const names = family.layouts[layout]
      if (names === undefined) throw new Error(`${family.title} has no layout ${layout}.`)
      const builder = new NetworkBuilder({
        input: { name: 'input', shape: [3, inputSize, inputSize] },
        ...(seed !== undefined && { seed }),
      })
      family.build(new TorchLayers(builder), row, names, classes)
      return builder
    }
    const [own = ''] = layouts
    const names = family.layouts[own]
    return {
      id: row.id,
      title: row.title,
      family: family.title,
      aliases: row.aliases ?? [],
      layouts,
      build: (options) =>
        builderFor(own, options).build({
          name: row.id,
          preprocessing: preprocessingOf(row, options.inputSize ?? row.inputSize ?? 224),
          provenance: { source: `architecture:${row.id}`, licence: null, history: [] },
        }),
      namesIn: (layout, options) => Object.keys(builderFor(layout, options).parameters).map((name) => name.split('+')),
      beginsWith: (layout) => {
        const known = family.layouts[layout]
        if (known === undefined) return []
        const size = row.inputSize ?? 224
        return firstParameter(size, (builder) => family.build(new TorchLayers(builder), row, known, null)).split('+')
      },
      ...(family.stateVersion !== undefined && { stateVersion: family.stateVersion }),
      ...(family.readsTimes && { readsTimes: family.readsTimes }),
      ...(family.linearHead !== undefined && { linearHead: family.linearHead }),
      ...(family.asked && {
        asks: (layout) => {
          const known = family.layouts[layout]
          return (
            (known === undefined ? undefined : family.asked?.(row, known, layout)) ?? new Map<string, AskedTensor>()
          )
        },
      }),
      ignores: (name) => counters.test(name) || family.ignored?.test(name) === true,
      ...(family.storedShape && {
        storedShape: (key, shape, layout) => family.storedShape?.(key, shape, row, layout) ?? shape,
      }),
      ...(family.positions && names !== undefined && { positions: family.positions(names) }),
      ...(family.inputSizeOf && { inputSizeOf: (shapes) => family.inputSizeOf?.(shapes, row) }),
    }
  })
}

const preprocessingOf = ({ preprocessing }: Row<unknown>, size: number): Preprocessing => ({
  height: size,
  width: size,
  resize: 'crop',
  cropFraction: 0.875,
  interpolation: 'bilinear',
  channelOrder: 'rgb',
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
  ...preprocessing,
})
