import type { ModelFiles } from '../model-files.js'
import { mostFields } from './check-structure.js'
import { FieldCursor, type FieldPlace } from './field-cursor.js'
import { ProtobufWriter } from './protobuf-writer.js'

/** Values shorter than this stay in the model. */
const smallestLeftOut = 4096

/** Field numbers of onnx.proto. */
const model = { graph: 7 } as const
const graph = { initializer: 5 } as const
const tensor = { rawData: 9, externalData: 13, dataLocation: 14 } as const
const entry = { key: 1, value: 2 } as const

/**
 * The bytes of an ONNX file without its large weights: those are left where they are and described as external data of
 * the file itself, `location`. What is read is structure, so that a file of gigabytes is opened by a few ranges.
 * Null when the bytes aren't laid out like a model: then the decoder has to say what is wrong with them.
 */
export async function slimModel(files: ModelFiles, name: string, location: string): Promise<Uint8Array | null> {
  const cursor = new FieldCursor(files, name)
  const slimTensor = (place: FieldPlace): Promise<Uint8Array | null> => withoutValues(cursor, place, location)
  const slimGraph = (place: FieldPlace): Promise<Uint8Array | null> =>
    replaced(cursor, place, (field) => (isLarge(field, graph.initializer) ? slimTensor(field) : null))
  const whole = { start: 0, valueStart: 0, end: await files.size(name), field: 0, wire: 2 }
  return replaced(cursor, whole, (field) => (isLarge(field, model.graph) ? slimGraph(field) : null))
}

const isLarge = (place: FieldPlace, field: number): boolean =>
  place.field === field && place.wire === 2 && place.end - place.valueStart >= smallestLeftOut

/** A message with some of its fields replaced: `replace` gives the new value of a field, or null to keep it. */
async function replaced(
  cursor: FieldCursor,
  message: FieldPlace,
  replace: (field: FieldPlace) => Promise<Uint8Array | null> | null,
): Promise<Uint8Array | null> {
  const writer = new ProtobufWriter()
  let keptFrom = message.valueStart
  let fields = 0
  for (let position = message.valueStart; position < message.end; ) {
    const field = await cursor.fieldAt(position, message.end)
    if (field === null || ++fields > mostFields) return null
    const replacement = replace(field)
    if (replacement !== null) {
      const value = await replacement
      if (value === null) return null
      writer.raw(await cursor.bytes(keptFrom, field.start)).bytes(field.field, value)
      keptFrom = field.end
    }
    position = field.end
  }
  return writer.raw(await cursor.bytes(keptFrom, message.end)).finish()
}

async function withoutValues(cursor: FieldCursor, message: FieldPlace, location: string): Promise<Uint8Array | null> {
  const fields: FieldPlace[] = []
  for (let position = message.valueStart; position < message.end; ) {
    const field = await cursor.fieldAt(position, message.end)
    if (field === null) return null
    fields.push(field)
    position = field.end
  }
  const values = fields.filter((field) => isLarge(field, tensor.rawData))
  const [value] = values
  // Values kept elsewhere already, or as numbers one by one, stay as they are.
  if (value === undefined || values.length > 1 || fields.some(({ field }) => field === tensor.dataLocation))
    return cursor.bytes(message.valueStart, message.end)
  const writer = new ProtobufWriter()
  for (const field of fields) if (field !== value) writer.raw(await cursor.bytes(field.start, field.end))
  const facts = { location, offset: `${value.valueStart}`, length: `${value.end - value.valueStart}` }
  for (const [key, text] of Object.entries(facts))
    writer.message(tensor.externalData, (nested) => nested.string(entry.key, key).string(entry.value, text))
  return writer.integer(tensor.dataLocation, 1).finish()
}
