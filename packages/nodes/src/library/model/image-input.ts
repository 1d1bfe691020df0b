import { type Network, seeTwice } from '@graft/network'
import { z } from 'zod'
import { defineNode } from '../../sdk/define-node.js'
import { modelPort } from '../../sdk/ports.js'
import { atField } from '../support/run-surgery.js'
import { preprocessingParams } from './load-backbone/preprocessing-params.js'
import { setPreprocessing } from './load-backbone/set-preprocessing.js'

const { height, width, resize, cropFraction } = preprocessingParams

const params = z.strictObject({
  height: height.meta({
    ...height.meta(),
    advanced: false,
    description: 'Of the image that the network gets. 0: as it is, or as wide as set.',
  }),
  width: width.meta({
    ...width.meta(),
    advanced: false,
    description: 'Of the image that the network gets. 0: as it is, or as high as set.',
  }),
  resize: resize.meta({
    ...resize.meta(),
    description:
      'How images get their size. `crop`: keep proportions, cut the centre out. `stretch`: the whole image, distorted. `auto`: as it is.',
  }),
  cropFraction: cropFraction.meta({
    ...cropFraction.meta(),
    description: 'For `crop`: share of the shorter side that is kept. 0: as it is, 0.875 where images were stretched.',
  }),
  views: z
    .enum(['one', 'middleAndWhole'])
    .default('one')
    .meta({
      title: 'Views',
      choiceTitles: { one: 'One', middleAndWhole: 'The middle and the whole' },
      description:
        '`middleAndWhole`: the network sees the middle of an image closely and the whole of it from further away, and a head reads both, for twice the time. Often the best that a frozen convolutional network gives; put it behind Strip Head then.',
    }),
})
type Params = z.output<typeof params>

/** What of an image a network sees, where that is to be otherwise than it says: Search tries it. */
export const imageInput = defineNode({
  type: 'image-input',
  version: 1,
  title: 'Image Input',
  category: 'Model',
  keywords: ['resolution', 'resize', 'crop', 'stretch', 'input size', 'views', 'FixRes', 'preprocessing'],
  doc: `Lets a network see images larger or smaller than it was trained on, whole instead of their middle, or both. Its weights stay.
Put it behind Strip Head. Larger images show smaller things, and take time by their area. The whole image helps where what tells classes apart lies near the edge, and hurts where it is small. Networks that work for one size only are refused.`,
  inputs: { model: modelPort('A network.') },
  outputs: {
    model: modelPort('The same network with that input.', { classesFrom: { port: 'model' } }),
  },
  params,
  async run({ inputs, params: settings, context }) {
    const { network } = inputs.model
    const result = withInput(network, settings)
    context.emit({
      type: 'log',
      level: 'info',
      message: `Images are now ${inputText(result)}${settings.views === 'one' ? '' : ', and their middle'}; they were ${inputText(network)}.`,
    })
    return { model: { kind: 'model' as const, network: result } }
  },
})

/** The network with another input. Throws NodeError where it works for its own only. */
export function withInput(network: Network, { views = 'one', ...settings }: Partial<Params>): Network {
  const sized = setPreprocessing(network, { ...asItIs, ...settings })
  const told = sized === network ? network : withHistory(sized, `images of ${inputText(sized)}`)
  return views === 'one' ? told : atField('views', () => seeTwice(told))
}

const asItIs = z.strictObject(preprocessingParams).parse({})

const withHistory = (network: Network, line: string): Network => ({
  ...network,
  provenance: { ...network.provenance, history: [...network.provenance.history, line] },
})

function inputText({ preprocessing }: Network): string {
  const { height: high, width: wide, resize: how, cropFraction: share } = preprocessing
  const framing = how === 'stretch' ? 'the whole image, stretched' : `the middle ${Math.round(1000 * share) / 10}%`
  return `${wide} x ${high} pixels, ${framing}`
}
