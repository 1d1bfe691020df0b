import { describeScores } from '@graft/graph-schema'
import type { DatasetValue, GraphDocument, SingleLabelEvaluation } from '@graft/graph-schema'
import { classifierHead, architectures } from '@graft/network'
import type { Network } from '@graft/network'
import type { CurvePoint, TrainingDetail } from '../sdk/values.js'
import { curveMetrics, singleLabel } from '@graft/engines'
import type { ReportInput } from './report-input.js'

/** A run as it might have been, for tests of the report and for looking at it. Deterministic. */
export function testReportInput(
  classNames: readonly string[] = ['ants', 'bees', 'beetles', 'butterflies', 'dragonflies', 'grasshoppers', 'spiders'],
): Omit<ReportInput, 'evaluations'> & { readonly evaluations: readonly SingleLabelEvaluation[] } {
  return {
    title: 'Insects: small and similar',
    document: testGraph,
    evaluations: [testEvaluation(classNames, 'val'), testEvaluation(classNames, 'test')],
    trainings: [testTraining('head', 8, 0.42, classNames), testTraining('fine-tuning', 6, 0.8, classNames)],
    network: testNetwork(classNames),
    images: testImages(classNames),
    thumbnails: new Map(),
    generatedAt: '2026-03-04 12:30',
    versions: { Graft: '0.1.0', 'onnxruntime-node': '1.30.0', Node: '20.19.2' },
    warnings: ['The head was trained at a learning rate of 0.05, which is high for Adam.'],
  }
}

export function testNetwork(classNames: readonly string[]): Network {
  const provenance = {
    source: 'embedded:graftnet-64',
    licence: 'Apache-2.0',
    history: [
      'stripped the head',
      `added a linear head for ${classNames.length} classes`,
      'froze everything before head',
    ],
  }
  const graftnet = architectures.find(({ id }) => id === 'graftnet')
  if (graftnet === undefined) throw new Error('GraftNet is not among the architectures.')
  return { ...graftnet.build({ classes: classNames.length }), head: classifierHead(classNames), provenance }
}

export function testImages(classNames: readonly string[]): DatasetValue {
  return {
    kind: 'dataset',
    task: 'single-label',
    split: 'all',
    name: 'insects',
    classNames,
    samples: { sha256: 'a'.repeat(64), bytes: 1, mediaType: 'application/json' },
    count: classNames.length * 60,
    countPerClass: classNames.map((_, index) => 60 + ((index * 7) % 13) - 6),
    transforms: [],
    skipped: [
      { file: 'ants/imageNotFound.gif', reason: 'It is a GIF of 1 × 1 pixel; expected an image of at least 8 × 8.' },
      { file: 'bees/broken.jpg', reason: 'The file ends in the middle of the image.' },
    ],
    provenance: ['Image folder /data/insects'],
  }
}

export function testEvaluation(classNames: readonly string[], split: 'val' | 'test'): SingleLabelEvaluation {
  const classes = classNames.length
  const confusion = classNames.map((_, row) =>
    classNames.map((__, column) =>
      row === column ? 26 + (row % 3) : (row * 5 + column * 3) % 7 === 1 ? 1 + (row % 3) : 0,
    ),
  )
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const count = sum(confusion.map(sum))
  const right = sum(confusion.map((row, index) => row[index] ?? 0))
  const perClass = classNames.map((name, index) => {
    const own = confusion[index]?.[index] ?? 0
    const support = sum(confusion[index] ?? [])
    const named = sum(confusion.map((row) => row[index] ?? 0))
    return { name, support, precision: own / named, recall: own / support, f1: (2 * own) / (named + support) }
  })
  return {
    kind: 'single-label-evaluation',
    title: `Evaluate ${split}`,
    split,
    classNames,
    count,
    scores: describeScores(singleLabel, {
      accuracy: right / count,
      balancedAccuracy: sum(perClass.map(({ recall }) => recall)) / classes,
      macroF1: sum(perClass.map(({ f1 }) => f1)) / classes,
      ...(classes > 5 && { top5: 0.995 }),
      loss: 0.231,
      calibrationError: 0.042,
    }),
    intervals: { accuracy: [right / count - 0.034, right / count + 0.025] },
    calibrationBins: Array.from({ length: 10 }, (_, index) => ({
      low: index / 10,
      high: (index + 1) / 10,
      count: index < 3 ? 0 : (index - 2) ** 2 * 3,
      confidence: index / 10 + 0.055,
      accuracy: Math.min(1, index / 10 + (index % 2 === 0 ? 0.0 : 0.08)),
    })),
    confusion,
    perClass,
    mostConfused: confusion
      .flatMap((row, truth) => row.map((pairs, prediction) => ({ truth, prediction, count: pairs })))
      .filter(({ truth, prediction, count: pairs }) => truth !== prediction && pairs > 0)
      .sort((a, b) => b.count - a.count),
    topLosses: Array.from({ length: 12 }, (_, index) => ({
      id: `val/${classNames[index % classes] ?? ''}/photo-${1000 + index * 37}_b96c.jpg`,
      label: index % classes,
      prediction: index === 11 ? index % classes : (index + 1) % classes,
      probability: 0.97 - index * 0.04,
      loss: 4.2 - index * 0.3,
      thumbnail: { sha256: `thumbnail-${index}`, bytes: 1, mediaType: 'image/jpeg' },
    })),
    predictions: [],
  }
}

function testTraining(phase: string, epochs: number, from: number, classNames: readonly string[]): TrainingDetail {
  const stepsPerEpoch = 12
  const each = (points: (epoch: number) => readonly CurvePoint[]): CurvePoint[] =>
    Array.from({ length: epochs }, (_, index) => points(index + 1)).flat()
  const point = (name: string, split: 'train' | 'val', epoch: number, value: number): CurvePoint => ({
    name,
    split,
    phase,
    epoch,
    step: epoch * stepsPerEpoch,
    value,
  })
  const progress = (epoch: number): number => from + (0.95 - from) * (1 - 0.6 ** epoch)
  const curves = each((epoch) => [
    point('loss', 'train', epoch, 2.1 * (1 - progress(epoch)) + 0.05),
    point('accuracy', 'train', epoch, progress(epoch)),
    point('loss', 'val', epoch, 2.1 * (1 - progress(epoch)) + 0.12 + 0.012 * epoch),
    point('accuracy', 'val', epoch, progress(epoch) - 0.02 - (epoch % 3) * 0.006),
    ...Array.from({ length: stepsPerEpoch }, (_, step) => {
      const at = (epoch - 1) * stepsPerEpoch + step + 1
      return {
        name: 'learningRate',
        split: 'train' as const,
        phase,
        epoch,
        step: at,
        value: (phase === 'head' ? 0.01 : 0.0005) * 0.5 * (1 + Math.cos((Math.PI * at) / (epochs * stepsPerEpoch))),
      }
    }),
  ])
  return {
    kind: 'training',
    title: `Training "${phase}"`,
    phase,
    curves,
    metrics: curveMetrics(singleLabel),
    classNames,
    epochs,
    bestEpoch: epochs - 1,
    stoppedEarly: phase !== 'head',
    seconds: phase === 'head' ? 3.42 : 41.7,
    imagesPerSecond: 812,
    engine: 'tfjs',
    settings: {
      phase,
      epochs,
      batchSize: 32,
      learningRate: phase === 'head' ? 0.01 : 0.0005,
      optimizer: 'adamw',
      weightDecay: 0.0001,
      schedule: 'cosine',
      labelSmoothing: 0,
      restoreBest: true,
      stageMultipliers: phase === 'head' ? {} : { stage5: 0.1 },
      seed: 1,
    },
    prefix: {
      layers: 41,
      boundary: phase === 'head' ? 'stage5.1.activation' : 'stage4.1.activation',
      cached: 240,
      computed: 12,
      bytes: 1_200_000,
    },
    trainableParameters: phase === 'head' ? 1799 : 119_000,
    totalParameters: 201_351,
    freezeProof: Array.from({ length: 40 }, (_, index) => ({
      parameter: `stage${1 + (index >> 3)}.${index % 2}.depthwise_bn.${['scale', 'shift', 'mean', 'variance'][index % 4] ?? ''}`,
      statistic: index % 4 > 1,
      before: `${index.toString(16).padStart(2, '0')}c4f1`.repeat(10),
      after: `${index.toString(16).padStart(2, '0')}c4f1`.repeat(10),
      identical: true,
    })),
    weightsHash: '5f0c'.repeat(16),
  }
}

export const testGraph: GraphDocument = {
  format: 'graft-graph',
  version: 1,
  name: 'Insects: small and similar',
  description:
    'Few images, and much like those that the network has seen: keep everything, train a new head, then fine-tune the last stage.',
  nodes: {
    data: { type: 'image-folder', version: 1, params: { path: '/data/insects' } },
    split: { type: 'split', version: 1, params: { validation: 0.2, test: 0.2, seed: 1 } },
    augment: { type: 'augment', version: 1, params: { flip: true, rotation: 10 } },
    backbone: { type: 'load-backbone', version: 1, params: { source: 'embedded' } },
    strip: { type: 'strip-head', version: 1, params: {} },
    head: { type: 'add-head', version: 1, params: { classes: 0, hidden: [] } },
    freeze: { type: 'freeze-range', version: 1, params: { to: 'stage5' }, title: 'Freeze the body' },
    train: { type: 'train', version: 1, params: { phase: 'head', epochs: 8 }, title: 'Train the head' },
    unfreeze: {
      type: 'freeze-range',
      version: 1,
      params: { from: 'stage5', frozen: false },
      title: 'Unfreeze stage 5',
    },
    tune: { type: 'train', version: 1, params: { phase: 'fine-tuning', epochs: 6 }, title: 'Fine-tune' },
    evaluate: { type: 'evaluate', version: 1, params: {} },
    report: { type: 'report', version: 1, params: {} },
    export: { type: 'export-model', version: 1, params: { format: 'onnx' } },
  },
  edges: [
    ['data.images', 'split.images'],
    ['split.train', 'augment.images'],
    ['backbone.model', 'strip.model'],
    ['strip.model', 'head.model'],
    ['split.train', 'head.images'],
    ['head.model', 'freeze.model'],
    ['freeze.model', 'train.model'],
    ['augment.images', 'train.train'],
    ['split.val', 'train.validation'],
    ['train.model', 'unfreeze.model'],
    ['unfreeze.model', 'tune.model'],
    ['augment.images', 'tune.train'],
    ['split.val', 'tune.validation'],
    ['tune.model', 'evaluate.model'],
    ['split.test', 'evaluate.images'],
    ['tune.model', 'export.model'],
    ['train.metrics', 'report.metrics'],
    ['tune.metrics', 'report.metrics'],
    ['evaluate.metrics', 'report.metrics'],
  ].map(([from = '', to = '']) => ({ from: end(from), to: end(to) })),
  layout: { positions: {}, frames: [], notes: [] },
}

function end(text: string): { node: string; port: string } {
  const [node = '', port = ''] = text.split('.')
  return { node, port }
}
