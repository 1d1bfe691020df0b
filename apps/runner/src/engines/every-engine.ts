import { type Engine, engines } from '@graft/engines'
import { createTorchEngine, torchOptions, type TorchOptions } from '@graft/nodes'

/**
 * Every engine with every device it can be on, the preferred one first. Beyond those of the engines package, PyTorch: it
 * runs the program that nodes write.
 */
export const everyEngine = (options: TorchOptions = torchOptions()): readonly Engine[] => [
  ...engines,
  createTorchEngine('cuda', options),
  createTorchEngine('cpu', options),
]

/** What can be asked for by name: an engine, and what it computes on. */
export const engineChoices: readonly string[] = ['auto', ...new Set(everyEngine().map(({ id }) => id))]
export const deviceChoices: readonly string[] = ['auto', ...new Set(everyEngine().map(({ device }) => device))]
