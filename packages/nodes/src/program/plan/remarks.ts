import { findOperator, type Network } from '@graft/network'
import type { RecordedTrain } from './record.js'

/** What the program doesn't do to the last digit as the graph does, one sentence each. */
export function remarksOn(network: Network, trains: readonly RecordedTrain[]): readonly string[] {
  const dropout = network.layers.some(({ operator }) => findOperator(operator).stochastic)
  const mixes = trains.some(({ params }) => params.mix !== 'none')
  const batch = trains.some(({ params }) => params.method === 'descent' && params.batchSize === 0)
  return [
    ...(dropout ? ['Dropout draws other numbers, from the same seed and step every time.'] : []),
    ...(mixes ? ['Where stages stay as they are, images are mixed behind them, at the border of a stage.'] : []),
    ...(batch ? ['The batch size was left open; it was chosen by the number of images.'] : []),
    'Colour profiles of photos are applied by littlecms, as Pillow has it (a Pillow without it reads them as sRGB), and very large photos are reduced in one step, so their pixels can differ by a few grey levels.',
  ]
}
