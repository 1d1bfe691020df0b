import { z } from 'zod'
import { FormatError } from '../../weight-format.js'
import { checkLength } from './limits.js'
import { describeIssues } from '../support/describe-issues.js'

/** A Keras model as plain data, whichever Keras wrote it. */
export interface KerasModel {
  readonly name: string
  readonly layers: readonly KerasLayer[]
  readonly inputs: readonly KerasReference[]
  readonly outputs: readonly KerasReference[]
}

export interface KerasLayer {
  readonly name: string
  readonly className: string
  /** Name of its group among the model's in a `.weights.h5` of Keras 3: by its class, counted. */
  readonly stored: string
  readonly config: Readonly<Record<string, unknown>>
  /** One list of inputs for every time the layer is called. */
  readonly calls: readonly (readonly KerasReference[])[]
  /** The number that each call is given beside its input: Keras writes `x + 3` as a layer. */
  readonly formulas?: readonly (KerasFormula | undefined)[]
  /** Set when the layer is a model itself. */
  readonly model?: KerasModel
}

/** `x + 3`; with `numberFirst`, `3 + x`. */
export interface KerasFormula {
  readonly number: number
  readonly numberFirst: boolean
}

/** The value of a layer's n-th call. */
export interface KerasReference {
  readonly layer: string
  readonly call: number
}

const modelClasses = ['Sequential', 'Functional', 'Model']
const unknownRecord = z.record(z.string(), z.unknown())
const layerSchema = z.looseObject({
  class_name: z.string(),
  module: z.string().nullish(),
  config: z.unknown(),
  name: z.string().nullish(),
  inbound_nodes: z.array(z.unknown()).nullish(),
})
const bodySchema = z.looseObject({
  name: z.string().optional(),
  layers: z.array(layerSchema),
  input_layers: z.unknown().optional(),
  output_layers: z.unknown().optional(),
})

/**
 * Reads a Keras model description: `Sequential` and `Functional` of Keras 1 to 3 and of TensorFlow.js itself.
 * @throws FormatError when it is something else
 */
export function parseTopology(topology: unknown): KerasModel {
  const whole = z.looseObject({ model_config: z.unknown().optional() }).safeParse(topology)
  const description = whole.success ? (whole.data.model_config ?? topology) : topology
  const parsed = z.looseObject({ class_name: z.string(), config: z.unknown() }).safeParse(description)
  if (!parsed.success)
    throw new FormatError(
      'The file describes no Keras model: its topology has no class_name and config.',
      'Expected a model as model.save() of Keras or tensorflowjs_converter writes it.',
    )
  return parseModel(parsed.data.class_name, parsed.data.config, 'model')
}

/** Models within models, and lists within the nodes of a layer. */
const deepest = 32

function parseModel(className: string, config: unknown, fallbackName: string, depth = 0): KerasModel {
  if (depth > deepest)
    throw new FormatError(
      `Its models are nested deeper than ${deepest} levels.`,
      'Check that the file is what you expect.',
    )
  if (!modelClasses.includes(className))
    throw new FormatError(
      `The file holds a model of class ${className}. Expected Sequential or Functional.`,
      'Rebuild it as one of these and save it again.',
    )
  checkLength(countLayers(config), 'layers', `The description of model ${fallbackName}`)
  const body = bodySchema.safeParse(Array.isArray(config) ? { layers: config } : config)
  if (!body.success)
    throw new FormatError(
      `The description of model ${fallbackName} is malformed: ${describeIssues(body.error)}.`,
      'Save the model again.',
    )
  const stored = createStoredNames()
  const layers = body.data.layers.map((layer) => parseLayer(layer, stored, depth))
  const name = body.data.name ?? fallbackName
  if (className === 'Sequential') return chainLayers(name, layers)
  return {
    name,
    layers,
    inputs: parseEnds(body.data.input_layers, name, 'input_layers'),
    outputs: parseEnds(body.data.output_layers, name, 'output_layers'),
  }
}

function countLayers(config: unknown): number {
  const layers = Array.isArray(config) ? config : (config as { layers?: unknown } | null | undefined)?.layers
  return Array.isArray(layers) ? layers.length : 0
}

function parseLayer(raw: z.infer<typeof layerSchema>, storedName: StoredNames, depth: number): KerasLayer {
  const config = unknownRecord.safeParse(raw.config)
  const configName = config.success ? config.data.name : undefined
  const name = raw.name ?? (typeof configName === 'string' ? configName : raw.class_name.toLowerCase())
  const isModel = modelClasses.includes(raw.class_name)
  return {
    name,
    className: raw.class_name,
    stored: isOperation(raw.module) ? '' : storedName(raw.class_name),
    config: config.success ? config.data : {},
    calls: (raw.inbound_nodes ?? []).map((node) => parseNode(node)),
    formulas: (raw.inbound_nodes ?? []).map((node) => formulaOf(node, raw.config)),
    ...(isModel ? { model: parseModel(raw.class_name, raw.config, name, depth + 1) } : {}),
  }
}

/** Keras 3 writes a formula's steps (`x + 3`) among the layers, but keeps no weights for them. */
const isOperation = (module: string | null | undefined): boolean => /^keras\.(src\.)?ops\b/.test(module ?? '')

export type StoredNames = (className: string) => string

/** Names of groups in a `.weights.h5`: the class in snake case, `_1`, `_2`, ... from the second on (Keras, saving_lib.py). */
export function createStoredNames(): StoredNames {
  const used = new Map<string, number>()
  return (className) => {
    const name = className
      .replace(/\W+/g, '')
      .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
      .replace(/([a-z])([A-Z])/g, '$1_$2')
      .toLowerCase()
    const count = used.get(name) ?? 0
    used.set(name, count + 1)
    return count === 0 ? name : `${name}_${count}`
  }
}

/** A Sequential model's layers follow each other; its InputLayer may be implied. */
function chainLayers(name: string, layers: readonly KerasLayer[]): KerasModel {
  const first = layers[0]
  if (!first) throw new FormatError(`The Sequential model ${name} has no layers.`, 'Save a model that has some.')
  const explicit = first.className === 'InputLayer'
  const input: KerasLayer = explicit
    ? first
    : {
        name: `${first.name}_input`,
        className: 'InputLayer',
        stored: 'input_layer',
        config: { batch_input_shape: inputShapeOf(first) },
        calls: [],
      }
  const rest = (explicit ? layers.slice(1) : layers).map((layer, index, all) => ({
    ...layer,
    calls: [[{ layer: index === 0 ? input.name : (all[index - 1] as KerasLayer).name, call: 0 }]],
  }))
  return {
    name,
    layers: [input, ...rest],
    inputs: [{ layer: input.name, call: 0 }],
    outputs: [{ layer: (rest.at(-1) ?? input).name, call: 0 }],
  }
}

/** The image's shape as the first layer states it; a nested model states it in its own input. */
export function inputShapeOf(layer: KerasLayer): unknown {
  const { config, model } = layer
  const own =
    config.batch_input_shape ??
    config.batch_shape ??
    (Array.isArray(config.input_shape) ? [null, ...(config.input_shape as unknown[])] : undefined)
  if (own !== undefined || !model) return own
  const inner = model.layers.find((candidate) => candidate.name === model.inputs[0]?.layer)
  return inner ? inputShapeOf(inner) : undefined
}

/**
 * Keras 2: `[[name, call, tensor, {}], ...]`; Keras 3: `{ args: [...] }` holding `__keras_tensor__` objects at any
 * depth.
 */
function parseNode(node: unknown, depth = 0): readonly KerasReference[] {
  if (depth > deepest) return []
  if (isReference(node)) return [toReference(node), ...parseSecond(node)]
  if (Array.isArray(node)) return node.flatMap((item) => parseNode(item, depth + 1))
  const record = unknownRecord.safeParse(node)
  if (!record.success) return []
  if (record.data.class_name === '__keras_tensor__')
    return parseNode(unknownRecord.safeParse(record.data.config).data?.keras_history, depth + 1)
  return Object.values(record.data).flatMap((item) =>
    typeof item === 'object' && item !== null ? parseNode(item, depth + 1) : [],
  )
}

/** The second value of a formula, `x + y`, as TensorFlow 2's Keras writes it. */
function parseSecond(node: unknown): readonly KerasReference[] {
  const second = nodeSettings(node)?.y
  return isReference(second) ? [toReference(second)] : []
}

/** The number in a node: among `args` in Keras 3, as `y` (or a constant of the layer) in TensorFlow 2's Keras. */
function formulaOf(node: unknown, config: unknown): KerasFormula | undefined {
  const args = unknownRecord.safeParse(node).data?.args
  if (Array.isArray(args)) return numberAmong(args)
  const settings = nodeSettings(node)
  if (typeof settings?.y === 'number') return { number: settings.y, numberFirst: false }
  const constants = Object.entries(unknownRecord.safeParse(unknownRecord.safeParse(config).data?.constants).data ?? {})
  const [place, number] = constants[0] ?? []
  return typeof number === 'number' ? { number, numberFirst: place === '0' } : undefined
}

function numberAmong(args: readonly unknown[]): KerasFormula | undefined {
  const place = args.findIndex((value) => typeof value === 'number')
  const number = args[place]
  return typeof number === 'number' ? { number, numberFirst: place === 0 } : undefined
}

/** The fourth part of `[name, call, tensor, settings]`. */
const nodeSettings = (node: unknown): Readonly<Record<string, unknown>> | undefined => {
  const call: unknown = isReference(node) ? node : Array.isArray(node) ? node[0] : undefined
  return Array.isArray(call) ? unknownRecord.safeParse(call[3]).data : undefined
}

/** One end is `[name, 0, 0]`, several are a list of those (Keras 3 leaves the outer list out when there is one). */
function parseEnds(ends: unknown, model: string, field: string): readonly KerasReference[] {
  const found = parseNode(ends)
  if (found.length === 0) throw new FormatError(`Model ${model} has no ${field}.`, 'Save the model again.')
  return found
}

const isReference = (value: unknown): value is [string, number] =>
  Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number'

const toReference = ([layer, call]: [string, number]): KerasReference => ({ layer, call })
