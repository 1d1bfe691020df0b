import { isEvaluation, metricsValueSchema, scoreList, titleInText } from '@graft/graph-schema'
import type { EvaluationDetail, MetricsValue } from '@graft/graph-schema'
import { readDetail } from '@graft/nodes'
import type { BlobStore } from '@graft/nodes'
import type { Colors } from '../../text/colors.js'
import { formatBytes, formatDuration, formatScore } from '../../text/format-values.js'
import type { WrittenFile } from '../write-outputs.js'
import type { NodeCourse, RunCourse } from './collect-run.js'
import type { NameNode } from './lines-of-event.js'

/** The end of a run for people: a table of the nodes, the metrics that count, the files written. */
export async function summaryLines(
  course: RunCourse,
  files: readonly WrittenFile[],
  store: BlobStore,
  name: NameNode,
  colors: Colors,
): Promise<string[]> {
  const metrics = (await Promise.all(course.courses.map((node) => metricsLines(node, store, name, colors)))).flat()
  return [
    '',
    ...table(course.courses, name, colors),
    ...section(metrics),
    ...section(files.map((file) => `${colors.dim('wrote')} ${file.path}  ${colors.dim(formatBytes(file.bytes))}`)),
    '',
    ending(course, colors),
  ]
}

const section = (lines: readonly string[]): string[] => (lines.length === 0 ? [] : ['', ...lines])

function table(courses: readonly NodeCourse[], name: NameNode, colors: Colors): string[] {
  const width = Math.max(4, ...courses.map((course) => name(course.node).length))
  const row = (node: string, status: string, time: string): string =>
    `${node.padEnd(width)}  ${status.padEnd(7)}  ${time.padStart(11)}`
  const paint = { done: colors.green, reused: colors.cyan, failed: colors.red, 'not run': colors.yellow }
  return [
    colors.dim(row('node', 'status', 'time')),
    ...courses.map(({ node, status, milliseconds }) =>
      row(name(node), status, milliseconds === null ? '-' : formatDuration(milliseconds)).replace(
        `  ${status}`,
        `  ${paint[status](status)}`,
      ),
    ),
  ]
}

async function metricsLines(course: NodeCourse, store: BlobStore, name: NameNode, colors: Colors): Promise<string[]> {
  const values = Object.values(course.outputs).flatMap((value) => {
    const parsed = metricsValueSchema.safeParse(value)
    return parsed.success ? [parsed.data] : []
  })
  return Promise.all(
    values.map(async (value) => {
      const intervals = await intervalsOf(value, store)
      const scores = scoreList(value).map((score) => {
        const text = `${titleInText(score)} ${formatScore(score, score.value)}`
        const interval = intervals[score.name]
        const range = interval?.map((bound) => formatScore(score, bound)).join(' to ')
        return (
          (score.name === value.primary ? colors.bold(text) : text) + (range === undefined ? '' : ` (95%: ${range})`)
        )
      })
      return `${name(course.node)}: ${scores.join(', ')} on ${value.count} ${value.split} images`
    }),
  )
}

/** The confidence intervals of an evaluation, or of the means of repeated ones, from its detail. A summary does without what can't be read. */
async function intervalsOf(metrics: MetricsValue, store: BlobStore): Promise<EvaluationDetail['intervals']> {
  try {
    const detail = await readDetail(metrics, store)
    if (detail.kind === 'repeat')
      return Object.fromEntries(
        Object.entries(detail.spread).flatMap(([name, { interval }]) => (interval === null ? [] : [[name, interval]])),
      )
    return isEvaluation(detail) ? detail.intervals : {}
  } catch {
    return {}
  }
}

function ending(course: RunCourse, colors: Colors): string {
  const { end, courses } = course
  const count = (status: NodeCourse['status']): number => courses.filter((node) => node.status === status).length
  const parts = [
    [count('done'), 'run'],
    [count('reused'), 'reused'],
    [count('failed'), 'failed'],
    [count('not run'), 'not run'],
  ].filter(([number]) => number !== 0)
  const what = { succeeded: colors.green('Done'), failed: colors.red('Failed'), cancelled: colors.yellow('Cancelled') }[
    end?.status ?? 'failed'
  ]
  return `${what} in ${formatDuration(end?.milliseconds ?? 0)}: ${parts.map(([number, label]) => `${number} ${label}`).join(', ') || 'nothing to do'}`
}
