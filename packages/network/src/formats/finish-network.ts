import { fixOf, reasonOf } from '@graft/errors'
import type { Network } from '../network.js'
import { detectStages } from '../stages/detect-stages.js'
import { validateNetwork } from '../validate-network.js'
import { FormatError } from '../weight-format.js'

/**
 * The last step of reading a network whose format knows no stages: finds them, takes class names off a network without
 * a classifier, and validates it. Throws FormatError when the network isn't sound.
 * @param title of the format, for the message: "ONNX model"
 */
export function finishNetwork(plain: Network, title: string): Network {
  return explained(title, () => {
    const network = { ...plain, stages: detectStages(plain) }
    return valid(network.stages.at(-1)?.name === 'head' ? network : { ...network, head: null })
  })
}

/** The last step where the stages are known: validates the network. Throws FormatError when it isn't sound. */
export function checkedNetwork(network: Network, title: string): Network {
  return explained(title, () => valid(network))
}

function valid(network: Network): Network {
  validateNetwork(network)
  return network
}

function explained(title: string, work: () => Network): Network {
  try {
    return work()
  } catch (error) {
    throw new FormatError(
      `The ${title} can't be represented: ${reasonOf(error)}`,
      fixOf(error, 'Export it again with supported operators.'),
      { cause: error },
    )
  }
}
