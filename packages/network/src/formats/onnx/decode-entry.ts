import { asString, readFields } from './protobuf-reader.js'

/** A `StringStringEntryProto`: key and value. */
export function decodeEntry(bytes: Uint8Array, what: string): [string, string] {
  let [key, value] = ['', '']
  for (const field of readFields(bytes, what)) {
    if (field.field === 1) key = asString(field, what)
    if (field.field === 2) value = asString(field, what)
  }
  return [key, value]
}
