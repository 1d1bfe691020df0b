/**
 * Writes the outlines of TensorFlow.js's MobileNets: each network as data, without weights, so that it can be drawn before it
 * is downloaded. They are the same layers at different widths, so the others follow from the one whose `model.json` is at hand.
 *
 *     node packages/nodes/scripts/catalogue/write_outlines.mjs FOLDER of mobilenet_v1_0.75_224
 *
 * needs the built packages. See README.md.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { countParameters, filesInMemory, readNetwork } from '@graft/network'
import { catalogue } from '@graft/nodes'

const known = 0.75
const out = new URL('../../assets/catalogue/outlines/', import.meta.url)
const [folder] = process.argv.slice(2)
const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'))

mkdirSync(out, { recursive: true })
for (const { name } of catalogue().filter((network) => network.name.startsWith('tfjs:mobilenet_v1_'))) {
  const width = Number(/_v1_([\d.]+)_/.exec(name)[1])
  const { network } = await readNetwork(emptyModel(width))
  const outline = {
    ...network,
    head: undefined,
    name: network.name.replace(String(known), String(width)),
    parameters: unfilled(network.parameters),
  }
  const file = new URL(`${name.replace(':', '-')}.json`, out)
  writeFileSync(file, `${JSON.stringify(outline)}\n`)
  console.log(`${name}: ${countParameters(network).total} parameters, ${file.pathname}`)
}

/** The model at another width, with weights that are all nought. */
function emptyModel(width) {
  const channels = (count) => Math.round((count * width) / known)
  const topology = structuredClone(modelTopology)
  for (const { class_name: kind, config } of topology.model_config.config.layers) {
    if (kind === 'Conv2D' && config.name !== 'conv_preds') config.filters = channels(config.filters)
    if (kind === 'Reshape' && config.target_shape.length === 3)
      config.target_shape[2] = channels(config.target_shape[2])
  }
  const weights = weightsManifest
    .flatMap((group) => group.weights)
    .map((weight) => ({ ...weight, shape: shapeAt(weight, channels) }))
  const bytes = weights.reduce((sum, { shape }) => sum + 4 * shape.reduce((product, side) => product * side, 1), 0)
  return filesInMemory(
    {
      'model.json': new TextEncoder().encode(
        JSON.stringify({ modelTopology: topology, weightsManifest: [{ paths: ['weights'], weights }] }),
      ),
      weights: new Uint8Array(bytes),
    },
    'model.json',
  )
}

/** Colours and classes stay as they are, everything else is a width. */
function shapeAt({ name, shape }, channels) {
  const last = shape.length - 1
  const isWidth = (axis) => {
    if (name.startsWith('conv_preds')) return axis === 2
    if (name === 'conv1/kernel') return axis === 3
    return shape.length === 1 || (name.includes('depthwise') ? axis === 2 : axis >= last - 1)
  }
  return shape.map((side, axis) => (isWidth(axis) ? channels(side) : side))
}

function unfilled(parameters) {
  const source = { kind: 'initializer', initializer: { name: 'zeros' }, seed: 0 }
  return Object.fromEntries(Object.entries(parameters).map(([key, parameter]) => [key, { ...parameter, source }]))
}
