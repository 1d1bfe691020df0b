import { oneLine } from '../../text/format-values.js'
import type { Colors } from '../../text/colors.js'
import type { ConformanceResult } from './conformance-check.js'

/** The results as a table, with a verdict below. */
export function formatConformance(results: readonly ConformanceResult[], colors: Colors): string[] {
  const marks = { passed: colors.green('✓'), failed: colors.red('✗'), skipped: colors.dim('-') }
  const nodeWidth = Math.max(...results.map(({ node }) => (node ?? 'plugin').length))
  const checkWidth = Math.max(...results.map(({ check }) => check.length))
  const lines = results.map(
    ({ node, check, outcome, detail }) =>
      `${marks[outcome]} ${(node ?? 'plugin').padEnd(nodeWidth)}  ${check.padEnd(checkWidth)}  ${outcome === 'skipped' ? colors.dim(oneLine(detail)) : oneLine(detail)}`,
  )
  const failed = results.filter(({ outcome }) => outcome === 'failed').length
  return [
    ...lines,
    '',
    failed === 0
      ? colors.green('The plugin keeps its promises.')
      : colors.red(`${failed} of ${results.length} checks failed.`),
  ]
}
