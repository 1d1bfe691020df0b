import type { FitCheckpoint } from '@graft/engines'
import type { TorchNetwork } from '../network/torch-network.js'

type Form = Pick<FitCheckpoint, 'trainer'>

/** What the torch engine calls what its optimizer keeps: by the place of a parameter, not by its name. */
const isOwnSlot = (name: string): boolean => /^(optimizer\/\d+|scaler)\//.test(name)

/** Whether the torch engine can take a checkpoint up: it has all of the program's names, and no slots but its own. */
export const isForTorchEngine = ({ trainer: { weights, slots } }: Form, { names }: TorchNetwork): boolean =>
  [...slots.keys()].every(isOwnSlot) && [...names.values()].every((name) => weights.has(name))

/** Whether a checkpoint speaks of this network as Graft does: by its own names, and slots by parameter. */
export const isForNetwork = ({ trainer: { weights, slots } }: Form, { names }: TorchNetwork): boolean =>
  ![...slots.keys()].some(isOwnSlot) && [...weights.keys()].some((name) => names.has(name))
