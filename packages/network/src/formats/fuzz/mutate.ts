import type { Random } from '../../values/random.js'

type Files = Readonly<Record<string, Uint8Array>>

/** The same files with a few changes, the same ones for the same random numbers. */
export function mutated(files: Files, random: Random): Files {
  const dice = diceOf(random)
  const result: Record<string, Uint8Array> = { ...files }
  const names = Object.keys(files)
  if (names.length > 1 && random() < 0.08) confuse(result, names, dice)
  for (let change = dice.any(4); change >= 0; change -= 1) {
    const name = dice.pick(Object.keys(result))
    result[name] = dice.pick(changes)(result[name] ?? new Uint8Array(), dice)
  }
  return result
}

interface Dice {
  any(count: number): number
  pick<Item>(items: readonly Item[]): Item
  random: Random
}

function diceOf(random: Random): Dice {
  const any = (count: number): number => Math.floor(random() * count)
  return { random, any, pick: <Item>(items: readonly Item[]) => items[any(items.length)] as Item }
}

/** One file is missing, or has another's contents. */
function confuse(files: Record<string, Uint8Array>, names: readonly string[], { random, pick }: Dice): void {
  const [one, other] = [pick(names), pick(names)]
  if (random() < 0.5) delete files[one]
  else files[one] = files[other] ?? new Uint8Array()
  if (Object.keys(files).length === 0) files[one] = new Uint8Array(1)
}

type Change = (bytes: Uint8Array, dice: Dice) => Uint8Array

/** Numbers that readers stumble over. */
const junk = [
  0,
  1,
  -1,
  2,
  7,
  127,
  128,
  255,
  256,
  65_535,
  65_536,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 53,
  -(2 ** 31),
]

/** Descriptions lie at a file's beginning or end, mostly; weights in between. */
function placeIn(bytes: Uint8Array, { random, any }: Dice): number {
  const near = Math.min(bytes.length, random() < 0.3 ? 64 : 6000)
  const share = random()
  if (share < 0.5) return any(near)
  return share < 0.75 ? bytes.length - 1 - any(near) : any(bytes.length)
}

const changes: readonly Change[] = [
  changeBytes,
  changeBytes,
  writeNumber,
  writeNumber,
  cut,
  move,
  changeDigits,
  changeDigits,
  changeWord,
  changeWord,
  fill,
]

function changeBytes(bytes: Uint8Array, dice: Dice): Uint8Array {
  const result = bytes.slice()
  for (let count = dice.any(6); count >= 0; count -= 1) result[placeIn(result, dice)] = dice.any(256)
  return result
}

/** A number of two, four or eight bytes, either end first. */
function writeNumber(bytes: Uint8Array, dice: Dice): Uint8Array {
  const result = bytes.slice()
  const view = new DataView(result.buffer, result.byteOffset, result.byteLength)
  const [at, size, little] = [placeIn(result, dice), dice.pick([2, 4, 8]), dice.random() < 0.7]
  if (at < 0 || at + size > result.length) return result
  const value = dice.random() < 0.8 ? dice.pick(junk) : dice.any(2 ** 32)
  if (size === 2) view.setUint16(at, value, little)
  else if (size === 4) view.setUint32(at, value, little)
  else view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), little)
  return result
}

/** Cut off, or with more at its end. */
function cut(bytes: Uint8Array, { any, random }: Dice): Uint8Array {
  if (random() < 0.6)
    return bytes.slice(0, random() < 0.5 ? any(bytes.length + 1) : Math.max(0, bytes.length - any(64)))
  return joined([bytes, new Uint8Array(any(4096)).fill(any(2) * 255)])
}

/** A piece is left out, doubled, or put elsewhere. */
function move(bytes: Uint8Array, dice: Dice): Uint8Array {
  const from = Math.max(0, placeIn(bytes, dice))
  const piece = bytes.slice(from, from + 1 + dice.any(dice.pick([4, 64, 2000])))
  if (dice.random() < 0.3) return joined([bytes.subarray(0, from), bytes.subarray(from + piece.length)])
  const to = Math.max(0, placeIn(bytes, dice))
  if (dice.random() < 0.4) return joined([bytes.subarray(0, to), piece, bytes.subarray(to)])
  const result = bytes.slice()
  result.set(piece.subarray(0, Math.max(0, result.length - to)), Math.min(to, result.length))
  return result
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57
const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || byte === 95)

/** The run of such bytes that is next to a place; null when none is near. */
function runNear(
  bytes: Uint8Array,
  at: number,
  belongs: (byte: number | undefined) => boolean,
): [number, number] | null {
  let from = Math.max(0, at)
  for (const last = from + 2000; from < last && !belongs(bytes[from]); from += 1) if (from >= bytes.length) return null
  if (!belongs(bytes[from])) return null
  while (from > 0 && belongs(bytes[from - 1])) from -= 1
  let to = from
  while (to < bytes.length && belongs(bytes[to])) to += 1
  return [from, to]
}

const numberWords = [
  '0',
  '-1',
  '1',
  '3',
  '999999999',
  '2147483648',
  '1e308',
  '-0.5',
  '1e99',
  '18446744073709551616',
  'null',
]

/** Another number where digits stand, as long as before (so that all else stays in its place), or not. */
function changeDigits(bytes: Uint8Array, dice: Dice): Uint8Array {
  const run = runNear(bytes, placeIn(bytes, dice), isDigit)
  if (run === null) return changeBytes(bytes, dice)
  const [from, to] = run
  if (dice.random() < 0.6) {
    const result = bytes.slice()
    for (let at = from; at < to; at += 1) result[at] = 48 + (dice.random() < 0.4 ? 9 : dice.any(10))
    return result
  }
  return joined([bytes.subarray(0, from), new TextEncoder().encode(dice.pick(numberWords)), bytes.subarray(to)])
}

/** Another word of the file where a word stands. */
function changeWord(bytes: Uint8Array, dice: Dice): Uint8Array {
  const [one, other] = [runNear(bytes, placeIn(bytes, dice), isLetter), runNear(bytes, placeIn(bytes, dice), isLetter)]
  if (one === null || other === null) return changeBytes(bytes, dice)
  const word = bytes.slice(...other)
  if (dice.random() < 0.5) return joined([bytes.subarray(0, one[0]), word, bytes.subarray(one[1])])
  const result = bytes.slice()
  for (let at = one[0]; at < one[1]; at += 1) result[at] = word[(at - one[0]) % word.length] ?? 95
  return result
}

function fill(bytes: Uint8Array, dice: Dice): Uint8Array {
  const from = Math.max(0, placeIn(bytes, dice))
  return bytes
    .slice()
    .fill(dice.pick([0, 255, 128, dice.any(256)]), from, from + 1 + dice.any(dice.pick([8, 64, 4096])))
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  parts.reduce((at, part) => (result.set(part, at), at + part.length), 0)
  return result
}
