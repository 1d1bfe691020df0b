import { must } from '@graft/errors'
import { findOperator } from '@graft/network'
import type { Described } from '../network/torch-network.js'
import type { ProgramPhase, ProgramPlan } from '../plan/program-plan.js'
import { call, dictionary, float, lines, numbers, type Python, text, truth, tuple } from '../python/python.js'
import { type ProgramTransform, programTransforms } from './augmentation.js'

/** `settings.py`: every number of the graph. */
export function settingsFile(plan: ProgramPlan, torch: Described): string {
  const used = plan.phases.flatMap(({ augmentation }) => augmentation.map(({ name }) => transformOf(name)))
  const modules = ['colours', 'geometry', 'policies'].flatMap((module) => {
    const names = [...new Set(used.filter((one) => one.module === module).map(({ className }) => className))].toSorted()
    return names.length === 0 ? [] : [`from ${module} import ${names.join(', ')}`]
  })
  const configuration = ['Evaluation', 'Optimizer', 'Phase', 'Preprocessing', 'Schedule']
    .filter((name) => name !== 'Evaluation' || plan.evaluations.length > 0)
    .concat(plan.phases.some(({ head }) => head !== null) ? ['ComputedHead'] : [])
    .concat(plan.phases.some(({ parts }) => parts.length > 0) ? ['Part'] : [])
    .toSorted()
  const imports = [...modules, `from configuration import ${configuration.join(', ')}`].toSorted()
  return [
    '"""Every number of this training. The other files are the same for all of them, but for model.py."""',
    '',
    'from __future__ import annotations',
    '',
    ...imports,
    '',
    ...lines('CLASSES = ', tuple(plan.classes.map(text))),
    '# From which probability a class counts as there, where none was chosen on validation images.',
    ...lines(
      'THRESHOLDS: tuple[float, ...] | None = ',
      plan.thresholds === null ? 'None' : tuple(plan.thresholds.map(float)),
    ),
    '# Folder that the paths of the tables start from; --images names another.',
    ...lines('IMAGES = ', text(plan.images)),
    ...lines('PREPROCESSING = ', preprocessing(plan)),
    '# Weights decay where they have more than one axis, but for these, where it is the other way round.',
    ...lines('DECAY_EXCEPTIONS: tuple[str, ...] = ', tuple(decayExceptions(torch).map(text))),
    ...lines('PHASES: tuple[Phase, ...] = ', tuple(plan.phases.map(phase))),
    ...lines('EVALUATIONS: tuple[Evaluation, ...] = ', tuple(plan.evaluations.map(evaluation))).map((line) =>
      plan.evaluations.length > 0 ? line : 'EVALUATIONS = ()',
    ),
    '',
  ].join('\n')
}

const transformOf = (name: string): ProgramTransform =>
  must(
    programTransforms.find((one) => one.name === name),
    `the class of the augmentation ${name}`,
  )

const evaluation = ({ name, images, mirrored }: ProgramPlan['evaluations'][number]): Python =>
  call('Evaluation', [], { name: text(name), images: text(images), mirrored: mirrored ? 'True' : undefined })

function preprocessing({ preprocessing: wanted }: ProgramPlan): Python {
  return call('Preprocessing', [], {
    height: String(wanted.height),
    width: String(wanted.width),
    resize: text(wanted.resize),
    crop_fraction: float(wanted.cropFraction),
    interpolation: text(wanted.interpolation),
    channel_order: text(wanted.channelOrder),
    mean: tuple(wanted.mean.map(float)),
    deviation: tuple(wanted.deviation.map(float)),
  })
}

/** Parameters with one axis that decay, and those with several that don't. */
function decayExceptions({ names, layouts, network }: Described): readonly string[] {
  const uses = network.layers.flatMap(({ operator, parameters }) =>
    Object.entries(parameters).map(([slot, key]) => [key, findOperator(operator).parameters[slot]?.role] as const),
  )
  // A parameter that several layers share is a weight where it is one of any of them.
  const weights = new Set(uses.flatMap(([key, role]) => (role === 'weight' ? [key] : [])))
  const learned = uses.flatMap(([key, role]) =>
    role === 'constant' || role === 'mean' || role === 'variance' ? [] : [key],
  )
  return [...new Set(learned)].flatMap((key) => {
    const shape = network.parameters[key]?.shape ?? []
    const axes = (layouts.get(key)?.shape(shape) ?? shape).length
    return axes > 1 === weights.has(key) ? [] : [names.get(key) ?? key]
  })
}

/** Only what differs from the defaults of configuration.py is written behind the first lines. */
function phase(wanted: ProgramPhase): Python {
  const optional = <Value>(value: Value, usual: Value, write: (value: Value) => Python): Python | undefined =>
    value === usual ? undefined : write(value)
  return call('Phase', [], {
    name: text(wanted.name),
    train: text(wanted.train),
    validation: wanted.validation === null ? 'None' : text(wanted.validation),
    frozen: tuple(wanted.frozen.map(text)),
    batch_statistics: tuple(wanted.batchStatistics.map(text)),
    fixed_stages: String(wanted.fixedStages),
    epochs: String(wanted.epochs),
    batch_size: String(wanted.batchSize),
    learning_rate: float(wanted.learningRate),
    optimizer: optimizer(wanted.optimizer),
    schedule: schedule(wanted.schedule),
    rate_factors:
      Object.keys(wanted.rateFactors).length === 0 ? undefined : dictionary(mapped(wanted.rateFactors, float)),
    augmentation: wanted.augmentation.length === 0 ? undefined : tuple(wanted.augmentation.map(transform)),
    views: optional(wanted.views, 0, String),
    label_smoothing: optional(wanted.labelSmoothing, 0, float),
    class_weights: wanted.classWeights === null ? undefined : tuple(wanted.classWeights.map(float)),
    balanced: optional(wanted.balanced, false, truth),
    mix: optional<string>(wanted.mix, 'none', text),
    mix_alpha: optional(wanted.mixAlpha, 0.2, float),
    focal_gamma: optional(wanted.focalGamma, 0, float),
    average_decay: optional(wanted.averageDecay, 0, float),
    soup: optional(wanted.soup, 0, String),
    clip_norm: optional(wanted.clipNorm, 0, float),
    patience: optional(wanted.patience, 0, String),
    min_delta: optional(wanted.minDelta, 0, float),
    monitor: optional(wanted.monitor, 'loss', text),
    restore_best: optional(wanted.restoreBest, true, truth),
    drop_last: optional(wanted.dropLast, false, truth),
    seed: optional(wanted.seed, 1, String),
    weights: wanted.weights === null ? undefined : text(wanted.weights),
    head: wanted.head === null ? undefined : computedHead(wanted.head),
    parts: wanted.parts.length === 0 ? undefined : tuple(wanted.parts.map(part)),
  })
}

const mapped = <Value>(
  entries: Readonly<Record<string, Value>>,
  write: (value: Value) => Python,
): Record<string, Python> => Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, write(value)]))

const literal = (value: unknown): Python => {
  if (typeof value === 'number') return float(value)
  if (typeof value === 'boolean') return truth(value)
  return Array.isArray(value) ? tuple((value as readonly number[]).map(float)) : text(String(value))
}

const optimizer = ({ name, options, weightDecay }: ProgramPhase['optimizer']): Python =>
  call('Optimizer', [text(name), dictionary(mapped<unknown>(options, literal))], { weight_decay: float(weightDecay) })

/** A name as Python has it: `minScale` becomes `min_scale`. */
export const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const countedInts = new Set(['everyEpochs', 'patience', 'count', 'minQuality'])

const keywords = (options: Readonly<Record<string, unknown>>): Record<string, Python> =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      snake(name),
      countedInts.has(name) ? String(value) : literal(value),
    ]),
  )

const usualSchedule: Readonly<Record<string, number>> = {
  warmup: 0,
  finalFraction: 0,
  riseFraction: 0.25,
  div: 25,
  divFinal: 1e5,
}

const schedule = ({ name, options }: ProgramPhase['schedule']): Python =>
  call(
    'Schedule',
    [text(name)],
    keywords(Object.fromEntries(Object.entries(options).filter(([key, value]) => usualSchedule[key] !== value))),
  )

function transform({ name, options, seed }: ProgramPhase['augmentation'][number]): Python {
  return call(transformOf(name).className, [], { ...keywords(options), seed: String(seed) })
}

const part = ({ epochs, frozen, batchStatistics, fixedStages, size }: ProgramPhase['parts'][number]): Python =>
  call('Part', [], {
    epochs: String(epochs),
    frozen: tuple(frozen.map(text)),
    batch_statistics: tuple(batchStatistics.map(text)),
    fixed_stages: String(fixedStages),
    size: size === null ? undefined : numbers(size),
  })

function computedHead({
  method,
  layer,
  penalty,
  groups,
  standardise,
  shares,
}: NonNullable<ProgramPhase['head']>): Python {
  return call('ComputedHead', [], {
    method: text(method),
    layer: text(layer),
    groups: tuple(groups.map((group) => numbers(group))),
    penalty: penalty === 0 ? undefined : float(penalty),
    standardise: standardise === null ? undefined : text(standardise),
    shares: shares === null ? undefined : text(shares),
  })
}
