import type { Operator, ParameterRole } from '../operator.js'

/** Running statistics are measured while training, not learned. */
export const isStatistic = (role: ParameterRole | undefined): boolean => role === 'mean' || role === 'variance'

/** Slots that hold running statistics. */
export const statisticSlots = ({ parameters }: Operator): readonly string[] =>
  Object.keys(parameters).filter((slot) => isStatistic(parameters[slot]?.role))

/**
 * Whether an operator normalises with running statistics, so that its layers have `statistics`: with stored ones the
 * value is `(x - mean) / sqrt(variance + epsilon) * scale + shift`, channel by channel.
 */
export const keepsStatistics = (operator: Operator): boolean => statisticSlots(operator).length > 0
