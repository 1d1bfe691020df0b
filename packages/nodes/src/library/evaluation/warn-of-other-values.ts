import type { DatasetValue } from '@graft/graph-schema'
import { describeValues, type ValuesRule } from '@graft/network'
import type { NodeContext } from '../../sdk/node-context.js'
import type { ModelValue } from '../../sdk/values.js'

/** Warns where a network sees values scaled otherwise than those it learned from: that costs accuracy without any error. */
export function warnOfOtherValues(
  { network }: ModelValue,
  { values, name }: DatasetValue,
  { emit }: NodeContext,
): void {
  const learned = network.preprocessing.values
  if (JSON.stringify(learned) === JSON.stringify(values)) return
  const text = (rule: ValuesRule | undefined): string =>
    rule === undefined ? 'from images whose files say what is black and white' : describeValues(rule)
  const message = `${network.name} learned with other values than those of "${name}": ${text(learned)}. Here: ${text(values)}. Set "values" of the data nodes alike.`
  emit({ type: 'log', level: 'warning', message })
}
