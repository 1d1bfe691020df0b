import { NetworkError } from '../network-error.js'
import type { Network } from '../network.js'
import { cutAfter } from './cut-after.js'
import { findStage, headStage, listed } from './edit.js'

/**
 * Removes the classifier, stage `head`: what remains gives the features that the head read. Class names become null.
 * @throws NetworkError when the network has no head, or is nothing but a head
 */
export function stripHead(network: Network): Network {
  const head = findStage(network, headStage)
  const stages = network.stages.map((stage) => stage.name)
  if (!head) {
    throw new NetworkError(
      `${network.name} has no head to strip: it has no stage "${headStage}", only ${listed(stages)}. It may be stripped already.`,
      'To remove more, cut after an earlier stage.',
    )
  }
  const own = new Set(head.layers)
  const feature = new Set(
    network.layers
      .filter((layer) => own.has(layer.name))
      .flatMap((layer) => layer.inputs)
      .filter((input) => !own.has(input)),
  )
  const [first, second] = feature
  if (first === undefined || first === network.input.name) {
    throw new NetworkError(
      `${network.name} is nothing but a head, so nothing would remain without it.`,
      'Load a backbone with stages before its head.',
    )
  }
  if (second !== undefined) {
    throw new NetworkError(
      `The head of ${network.name} reads several values (${[...feature].join(', ')}), so no single feature would remain.`,
      `Cut after one of the stages ${listed(stages)} instead.`,
    )
  }
  const stripped = cutAfter(network, first)
  const history = [...network.provenance.history, `head stripped (${first} is the feature)`]
  return { ...stripped, provenance: { ...stripped.provenance, history } }
}
