import { splits } from '@graft/graph-schema'
import type { BlobStore } from '@graft/nodes'
import { z } from 'zod'
import type { Colors } from '../../text/colors.js'
import { formatBytes, formatDuration, formatShare } from '../../text/format-values.js'
import type { WrittenFile } from '../write-outputs.js'
import type { NodeCourse, RunCourse } from './collect-run.js'
import type { NameNode } from './lines-of-event.js'

const metricsValue = z.object({
  kind: z.literal('metrics'),
  split: z.enum(splits),
  count: z.number(),
  accuracy: z.number(),
  macroF1: z.number(),
  balancedAccuracy: z.number(),
  detail: z.object({ sha256: z.string() }),
})
const detailWithInterval = z.object({ accuracyInterval: z.tuple([z.number(), z.number()]) })

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
    const parsed = metricsValue.safeParse(value)
    return parsed.success ? [parsed.data] : []
  })
  return Promise.all(
    values.map(async (value) => {
      const interval = await intervalOf(value.detail.sha256, store)
      const accuracy =
        colors.bold(`accuracy ${formatShare(value.accuracy)}`) +
        (interval === null ? '' : ` (95%: ${formatShare(interval[0])} to ${formatShare(interval[1])})`)
      return `${name(course.node)}: ${accuracy}, macro-F1 ${formatShare(value.macroF1)}, balanced ${formatShare(value.balancedAccuracy)} on ${value.count} ${value.split} images`
    }),
  )
}

/** The confidence interval of an evaluation, from its detail. A summary does without what can't be read. */
async function intervalOf(sha256: string, store: BlobStore): Promise<readonly [number, number] | null> {
  try {
    const parsed = detailWithInterval.safeParse(JSON.parse(new TextDecoder().decode(await store.get(sha256))))
    return parsed.success ? parsed.data.accuracyInterval : null
  } catch {
    return null
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
