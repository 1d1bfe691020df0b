import type { Layer } from '../network.js'

/** What makers of networks call their stages and blocks, at the start of a name or of one of its parts. */
const numbered =
  /(?:^|[/.])((?:encoder_layer|denseblock|transition|levels?|layers?|stages?|blocks?|features|groups?)[._]?\d+)(?=$|[/._])/
/** keras.applications: `conv3_block2_out`, `block4a_expand_conv`, `block_13_project`. */
const keras = /^(conv\d+(?=_block)|block\d+(?=[a-z]_)|block_\d+(?=_))/

/**
 * The group of a layer by its own name or, where that says nothing (`Conv_12`), by those of its parameters; undefined
 * when none does.
 */
export function groupOfLayer(layer: Layer): string | undefined {
  for (const name of [layer.name, ...Object.values(layer.parameters)]) {
    const group = numbered.exec(name)?.[1] ?? keras.exec(name)?.[1]
    if (group !== undefined) return group
  }
  return undefined
}
