/** A message of an object's header: what kind it is, and its bytes. */
export interface Message {
  readonly kind: number
  readonly bytes: Uint8Array
}

/** Where nothing is. */
export const undefinedAddress = 2n ** 64n - 1n

/** An object's header of version 1 with these messages, in one piece. */
export function objectHeader(messages: readonly Message[]): Uint8Array {
  const padded = messages.map(({ kind, bytes }) => ({ kind, bytes, size: Math.ceil(bytes.length / 8) * 8 }))
  const size = padded.reduce((sum, message) => sum + 8 + message.size, 0)
  const header = new Uint8Array(16 + size)
  const view = new DataView(header.buffer)
  header[0] = 1
  view.setUint16(2, messages.length, true)
  view.setUint32(4, 1, true)
  view.setUint32(8, size, true)
  let at = 16
  for (const message of padded) {
    view.setUint16(at, message.kind, true)
    view.setUint16(at + 2, message.size, true)
    header.set(message.bytes, at + 8)
    at += 8 + message.size
  }
  return header
}

/** What makes an object a group whose links stand in its header: no heap, no tree. */
export function groupFacts(): readonly Message[] {
  const linkInfo = new Uint8Array(18).fill(0xff, 2)
  return [
    { kind: 0x02, bytes: linkInfo },
    { kind: 0x0a, bytes: new Uint8Array(2) },
  ]
}

/** A name in a group and the object behind it. */
export function hardLink(name: string, address: number): Message {
  const letters = new TextEncoder().encode(name)
  const bytes = new Uint8Array(5 + letters.length + 8)
  const view = new DataView(bytes.buffer)
  // Version 1; the name's length in two bytes, its letters in UTF-8.
  bytes.set([1, 0x11, 1])
  view.setUint16(3, letters.length, true)
  bytes.set(letters, 5)
  view.setBigUint64(5 + letters.length, BigInt(address), true)
  return { kind: 0x06, bytes }
}

/** The shape of a data set. */
export function dataspace(shape: readonly number[]): Message {
  const bytes = new Uint8Array(8 + 8 * shape.length)
  const view = new DataView(bytes.buffer)
  bytes.set([1, shape.length])
  shape.forEach((size, axis) => view.setBigUint64(8 + 8 * axis, BigInt(size), true))
  return { kind: 0x01, bytes }
}

/** IEEE 754 in four bytes, the lowest first. */
export function float32Type(): Message {
  const bytes = new Uint8Array(20)
  const view = new DataView(bytes.buffer)
  // Class 1 of version 1; the first bit of the mantissa is implied, the sign is bit 31.
  bytes.set([0x11, 0x20, 31, 0])
  view.setUint32(4, 4, true)
  view.setUint16(10, 32, true)
  // Exponent from bit 23 on, 8 bits; mantissa from bit 0 on, 23 bits.
  bytes.set([23, 8, 0, 23], 12)
  view.setUint32(16, 127, true)
  return { kind: 0x03, bytes }
}

/** Nothing stands for numbers that were never written: all are. */
export function noFillValue(): Message {
  return { kind: 0x05, bytes: Uint8Array.of(2, 1, 0, 0) }
}

/** Numbers that lie one after the other. */
export function contiguousData(address: number, size: number): Message {
  const bytes = new Uint8Array(18)
  const view = new DataView(bytes.buffer)
  bytes.set([3, 1])
  view.setBigUint64(2, BigInt(address), true)
  view.setBigUint64(10, BigInt(size), true)
  return { kind: 0x08, bytes }
}
