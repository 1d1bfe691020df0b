import { z } from 'zod'
import { FormatError } from '../../weight-format.js'
import { checkLength } from './limits.js'

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
  readonly config: Readonly<Record<string, unknown>>
  /** One list of inputs for every time the layer is called. */
  readonly calls: readonly (readonly KerasReference[])[]
  /** Numbers that each call is given behind its input: Keras 3 writes `x + 3` as a layer Add. */
  readonly numbers?: readonly (readonly number[])[]
  /** Set when the layer is a model itself. */
  readonly model?: KerasModel
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
  config: z.unknown(),
  name: z.string().optional(),
  inbound_nodes: z.array(z.unknown()).optional(),
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
      'model.json describes no Keras model: its modelTopology has no class_name and config.',
      'Expected a layers-model as tensorflowjs_converter or model.save() writes it.',
    )
  return parseModel(parsed.data.class_name, parsed.data.config, 'model')
}

function parseModel(className: string, config: unknown, fallbackName: string): KerasModel {
  if (!modelClasses.includes(className))
    throw new FormatError(
      `model.json holds a model of class ${className}. Expected Sequential or Functional.`,
      'Rebuild it as one of these and save it again.',
    )
  checkLength(countLayers(config), 'layers', `The description of model ${fallbackName}`)
  const body = bodySchema.safeParse(Array.isArray(config) ? { layers: config } : config)
  if (!body.success)
    throw new FormatError(
      `The description of model ${fallbackName} is malformed: ${body.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}.`,
      'Save the model again.',
    )
  const layers = body.data.layers.map(parseLayer)
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

function parseLayer(raw: z.infer<typeof layerSchema>): KerasLayer {
  const config = unknownRecord.safeParse(raw.config)
  const configName = config.success ? config.data.name : undefined
  const name = raw.name ?? (typeof configName === 'string' ? configName : raw.class_name.toLowerCase())
  const isModel = modelClasses.includes(raw.class_name)
  return {
    name,
    className: raw.class_name,
    config: config.success ? config.data : {},
    calls: (raw.inbound_nodes ?? []).map((node) => parseNode(node)),
    numbers: (raw.inbound_nodes ?? []).map((node) => numbersOf(node)),
    ...(isModel ? { model: parseModel(raw.class_name, raw.config, name) } : {}),
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
function parseNode(node: unknown): readonly KerasReference[] {
  if (isReference(node)) return [toReference(node)]
  if (Array.isArray(node)) return node.flatMap((item) => parseNode(item))
  const record = unknownRecord.safeParse(node)
  if (!record.success) return []
  if (record.data.class_name === '__keras_tensor__')
    return parseNode(unknownRecord.safeParse(record.data.config).data?.keras_history)
  return Object.values(record.data).flatMap((item) =>
    typeof item === 'object' && item !== null ? parseNode(item) : [],
  )
}

/** Keras 3 only; a number before the input (`3 - x`) has no layer that it could be read into. */
function numbersOf(node: unknown): readonly number[] {
  const args = unknownRecord.safeParse(node).data?.args
  if (!Array.isArray(args) || typeof args[0] === 'number') return []
  return args.filter((value): value is number => typeof value === 'number')
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
