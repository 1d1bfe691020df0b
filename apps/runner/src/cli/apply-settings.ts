import { type GraphDocument, setParam } from '@graft/graph-schema'
import { CliError } from './cli-error.js'

/** For options that can be given more than once. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

/** Every `--set` in order. Throws CliError with all that can't be applied. */
export function applySettings(document: GraphDocument, settings: readonly string[]): GraphDocument {
  const problems: CliError['problems'][number][] = []
  const changed = settings.reduce((current, setting) => {
    const result = setParam(current, setting)
    if ('document' in result) return result.document
    problems.push(result.problem)
    return current
  }, document)
  if (problems.length > 0) throw new CliError(problems)
  return changed
}
