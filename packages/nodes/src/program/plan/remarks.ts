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
    'Photos with a colour profile other than sRGB are read without it, and very large ones are reduced in one step, so their pixels can differ by a few grey levels.',
  ]
}
