import { FormatError } from '../../weight-format.js'

/** Protocol-buffer messages can't be longer than this (2 GiB - 1). */
const maximumMessageLength = 2 ** 31 - 1
const largestInt64 = 2n ** 63n - 1n
const smallestInt64 = -(2n ** 63n)

/**
 * Writes one protocol-buffer message field by field. Byte payloads are kept by reference until `finish`, so that
 * weights are copied once. Wire format: https://protobuf.dev/programming-guides/encoding
 */
export class ProtobufWriter {
  private readonly chunks: Uint8Array[] = []
  private pending: number[] = []
  private size = 0

  /**
   * Appends an int32, int64, enum or bool field; numbers beyond int64 saturate (ONNX uses the largest int64 for "to the
   * end").
   */
  integer(field: number, value: number): this {
    this.varint(field * 8)
    this.signedVarint(value)
    return this
  }

  /** Appends a float field. */
  float(field: number, value: number): this {
    this.varint(field * 8 + 5)
    this.push(new Uint8Array(new Float32Array([value]).buffer))
    return this
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value))
  }

  bytes(field: number, value: Uint8Array): this {
    this.varint(field * 8 + 2)
    this.varint(value.length)
    this.push(value)
    return this
  }

  /** Appends fields that are encoded already. */
  raw(fields: Uint8Array): this {
    this.push(fields)
    return this
  }

  /** Appends a nested message. */
  message(field: number, write: (writer: ProtobufWriter) => void): this {
    const nested = new ProtobufWriter()
    write(nested)
    nested.flush()
    this.varint(field * 8 + 2)
    this.varint(nested.size)
    for (const chunk of nested.chunks) this.push(chunk)
    return this
  }

  /** Appends a packed repeated integer field; nothing when empty. */
  packedIntegers(field: number, values: readonly number[]): this {
    if (values.length === 0) return this
    return this.message(field, (nested) => values.forEach((value) => nested.signedVarint(value)))
  }

  /** Appends a packed repeated float field; nothing when empty. */
  packedFloats(field: number, values: readonly number[]): this {
    return values.length === 0 ? this : this.bytes(field, new Uint8Array(new Float32Array(values).buffer))
  }

  /** The message's bytes. Throws FormatError when it is longer than the format allows. */
  finish(): Uint8Array {
    this.flush()
    if (this.size > maximumMessageLength) {
      throw new FormatError(
        `The model takes ${this.size} bytes, but an ONNX file holds at most ${maximumMessageLength}.`,
        'Export it as safetensors instead.',
      )
    }
    const result = new Uint8Array(this.size)
    let offset = 0
    for (const chunk of this.chunks) {
      result.set(chunk, offset)
      offset += chunk.length
    }
    return result
  }

  private signedVarint(value: number): void {
    if (value >= 0 && Number.isSafeInteger(value)) return this.varint(value)
    const exact = BigInt(Math.trunc(value))
    const clamped = exact > largestInt64 ? largestInt64 : exact < smallestInt64 ? smallestInt64 : exact
    let rest = BigInt.asUintN(64, clamped)
    while (rest >= 128n) {
      this.pending.push(Number(rest & 127n) | 128)
      rest >>= 7n
    }
    this.pending.push(Number(rest))
  }

  private varint(value: number): void {
    let rest = value
    while (rest >= 128) {
      this.pending.push((rest % 128) | 128)
      rest = Math.floor(rest / 128)
    }
    this.pending.push(rest)
  }

  private push(bytes: Uint8Array): void {
    this.flush()
    if (bytes.length === 0) return
    this.chunks.push(bytes)
    this.size += bytes.length
  }

  private flush(): void {
    if (this.pending.length === 0) return
    const bytes = Uint8Array.from(this.pending)
    this.pending = []
    this.chunks.push(bytes)
    this.size += bytes.length
  }
}
