import { readFile } from 'node:fs/promises'
import { reasonOf } from '@graft/errors'
import { isEvaluation, metricsDetailSchema, metricsValueSchema } from '@graft/graph-schema'
import type { MetricsDetail, RunState } from '@graft/graph-schema'
import { readDetail } from '@graft/nodes'
import type { BlobStore } from '@graft/nodes'
import { callError } from '../../cli-error.js'
import { oneLine } from '../../../text/format-values.js'
import type { RunStore } from '../../../runs/run-store.js'
import { findRun } from '../runs/find-run.js'

/** What is compared: all that a run measured, or one evaluation that was kept in a file. */
export interface MeasuredRun {
  /** How people are told which it is. */
  readonly name: string
  readonly details: readonly MetricsDetail[]
}

/** Reads a run by its id, or the evaluation in a `.json` file (`graft compare --keep`). Throws CliError. */
export async function readMeasured(given: string, store: RunStore, blobs: BlobStore): Promise<MeasuredRun> {
  if (given.endsWith('.json')) return { name: given, details: [await readEvaluation(given)] }
  const { summary } = findRun(store, given)
  if (summary.status !== 'succeeded')
    throw callError(
      'run-not-finished',
      `The run ${summary.id} is ${summary.status}; only a run that succeeded can be compared.`,
      summary.status === 'running' || summary.status === 'queued'
        ? `Wait for it: \`graft tail ${summary.id}\`.`
        : `Go on with it: \`graft resume ${summary.id}\`.`,
    )
  const name = `${oneLine(summary.name ?? summary.graphName)} (${summary.id})`
  return { name, details: await detailsOfRun(store.state(summary.id), blobs) }
}

async function readEvaluation(path: string): Promise<MetricsDetail> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw callError('file-not-readable', `${path} can't be read: ${reasonOf(error)}.`, 'Check the path.')
  })
  const detail = metricsDetailSchema.safeParse(jsonOf(text))
  if (detail.success && isEvaluation(detail.data)) return detail.data
  throw callError(
    'not-an-evaluation',
    `${path} holds no evaluation of a network.`,
    'Write one from a run that was evaluated: `graft compare A B --keep FILE` keeps that of B.',
  )
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

function detailsOfRun({ nodes }: RunState, blobs: BlobStore): Promise<readonly MetricsDetail[]> {
  const values = Object.values(nodes).flatMap(({ outputs }) =>
    Object.values(outputs ?? {}).flatMap((output) => {
      const parsed = metricsValueSchema.safeParse(output)
      return parsed.success ? [parsed.data] : []
    }),
  )
  return Promise.all(values.map((value) => readDetail(value, blobs)))
}
