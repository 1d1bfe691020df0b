import { cpus } from 'node:os'
import { z } from 'zod'
import { isEvaluation } from '@graft/graph-schema'
import type { DetailKind, DetailOf, MetricsValue, ReportValue } from '@graft/graph-schema'
import { renderReport, withoutHome } from '../../report/index.js'
import type { ReportInput } from '../../report/report-input.js'
import { loadSharp } from '../../image-files/sharp-library.js'
import { defineNode } from '../../sdk/define-node.js'
import type { NodeContext } from '../../sdk/node-context.js'
import { NodeError } from '../../sdk/node-error.js'
import { readDetail } from '../../sdk/metrics-detail.js'
import { advicePort, datasetPort, metricsPort, modelPort, reportPort } from '../../sdk/ports.js'
import type { MetricsDetail } from '../../sdk/values.js'
import { inlineThumbnails } from './inline-thumbnails.js'

export const report = defineNode({
  type: 'report',
  version: 1,
  // 2: versions of libraries, pages for paper.
  // 3: what Repeat and Search found.
  // 4: words of the graph stay in their boxes.
  revision: 4,
  title: 'Report',
  category: 'Output',
  keywords: ['html', 'summary', 'document', 'results'],
  doc: `Writes one self-contained web page that tells what was done and how well it works.
Connect the metrics of every Train, Evaluate, Repeat and Search, the final model and the images. The page holds curves, confusion matrix, per-class scores, the images it got most wrong, settings, the graph itself and the proof that frozen layers did not move; it opens anywhere, offline.`,
  inputs: {
    metrics: metricsPort('Results of Train, Evaluate, Repeat and Search.', { multiple: true }),
    model: modelPort('The final network, for its provenance.', { optional: true }),
    images: datasetPort('The images, for counts and skipped files.', { optional: true }),
    advice: advicePort('What the Scenario Advisor said before.', { optional: true }),
  },
  outputs: { report: reportPort('The page, one HTML file.') },
  isOutput: true,
  readsDocument: true,
  params: z.strictObject({
    title: z
      .string()
      .max(200)
      .default('')
      .meta({ title: 'Title', description: 'Heading of the page. Empty: the name of the graph.' }),
  }),
  async run({ inputs, params, context }) {
    const metrics = inputs.metrics
    if (metrics.length === 0)
      throw new NodeError('metrics', 'There is nothing to report.', 'Connect the metrics of Train and Evaluate.')
    const details = await Promise.all(metrics.map((value: MetricsValue) => readDetail(value, context.store)))
    const evaluations = details.filter(isEvaluation)
    const title = params.title === '' ? nameOf(context.document) : params.title
    const model = inputs.model
    const images = inputs.images
    const advice = inputs.advice
    const html = renderReport({
      title,
      document: context.document,
      evaluations,
      trainings: details.filter(isOfKind('training')),
      repeats: details.filter(isOfKind('repeat')),
      searches: details.filter(isOfKind('search')),
      ...(model !== undefined && { network: model.network }),
      ...(images !== undefined && { images }),
      ...(advice !== undefined && { advice }),
      thumbnails: await inlineThumbnails(evaluations, context.store, advice),
      ...(await circumstances(context)),
    })
    const blob = await context.store.put(new TextEncoder().encode(withoutHome(html)), 'text/html', 'report.html')
    return { report: { kind: 'report', blob, title } satisfies ReportValue }
  },
})

/** When, by which run, with what and on which machine. */
async function circumstances({
  about,
  engines,
}: NodeContext): Promise<Pick<ReportInput, 'generatedAt' | 'run' | 'versions' | 'machine'>> {
  const { id, device } = engines.training
  const [processor] = cpus()
  return {
    generatedAt: `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    machine: `${process.platform} ${process.arch}, ${processor?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores`,
    ...(about !== undefined && { run: about.run }),
    versions: {
      ...(about !== undefined && { Graft: about.graft }),
      Engine: `${id} on ${device}`,
      ...(await libraries(engines.training)),
      'Node.js': process.version,
    },
  }
}

/** What computed and what read the images, each with its version. */
async function libraries(engine: NodeContext['engines']['training']): Promise<Readonly<Record<string, string>>> {
  const [{ versions }, sharp] = await Promise.all([engine.probe(), loadSharp()])
  // Engines also count the forms of their own passes, which say nothing to others.
  const packages = Object.entries(versions).filter(([name]) => !name.includes(' '))
  return { ...Object.fromEntries(packages), sharp: sharp.versions.sharp ?? '', libvips: sharp.versions.vips }
}

const isOfKind =
  <Kind extends DetailKind>(kind: Kind) =>
  (detail: MetricsDetail): detail is DetailOf<Kind> & MetricsDetail =>
    detail.kind === kind

function nameOf(document: unknown): string {
  const name = typeof document === 'object' && document !== null && 'name' in document ? document.name : null
  return typeof name === 'string' && name !== '' ? name : 'Report'
}
