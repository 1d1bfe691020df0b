import type { Preprocessing } from '../../network.js'
import { inOrder, scalingNamed, type ScalingName } from '../../preprocessing/scalings.js'
import { type Claim, toldApart } from './claim.js'

/** What makers of ONNX files write into `metadata_props`. */
type Metadata = Readonly<Record<string, string>>

/** Readers of makers' own keys; each null when there are none of its. */
const readers: readonly ((metadata: Metadata) => Claim | null)[] = [readUltralytics, readWindowsMl]

/** What another program's metadata says of a model; null when none is known. */
export function claimOfMetadata(metadata: Metadata): Claim | null {
  return readers.map((read) => read(metadata)).find((claim) => claim !== null) ?? null
}

/** Ultralytics: a square of values from 0 to 1 out of the middle; names as Python prints a dictionary. */
function readUltralytics({ author, task, stride, imgsz, names }: Metadata): Claim | null {
  if (author !== 'Ultralytics' && (task === undefined || stride === undefined || imgsz === undefined)) return null
  const classNames = names === undefined ? [] : namesInPython(names)
  return {
    preprocessing: { ...scalingNamed('zero-to-one'), resize: 'crop', cropFraction: 1, interpolation: 'bilinear' },
    reason: 'its metadata is that of Ultralytics, whose networks want it',
    ...(classNames.length > 0 && { classNames: toldApart(classNames) }),
  }
}

/** `{0: 'ant', 1: "bee's"}` */
function namesInPython(text: string): readonly string[] {
  const entries = text.matchAll(/(\d+):\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g)
  const names = [...entries].map(([, index, single, double]) => ({
    index: Number(index),
    name: single ?? double ?? '',
  }))
  return names.every(({ index }, position) => index === position)
    ? names.map(({ name }) => name.replaceAll(/\\(.)/g, '$1'))
    : []
}

/** Windows ML's ranges of pixels, which Custom Vision writes too. */
const ranges: Readonly<Record<string, ScalingName>> = {
  nominalrange_0_255: 'zero-to-255',
  normalized_0_1: 'zero-to-one',
  normalized_1_1: 'minus-one-to-one',
}
const orders: Readonly<Record<string, Preprocessing['channelOrder']>> = {
  bgr8: 'bgr',
  bgra8: 'bgr',
  rgb8: 'rgb',
  rgba8: 'rgb',
}

function readWindowsMl(metadata: Metadata): Claim | null {
  const order = orders[(metadata['Image.BitmapPixelFormat'] ?? '').toLowerCase()]
  const range = ranges[(metadata['Image.NominalPixelRange'] ?? '').toLowerCase()]
  if (order === undefined && range === undefined) return null
  const reason = `its metadata says ${[metadata['Image.BitmapPixelFormat'], metadata['Image.NominalPixelRange']].filter(Boolean).join(', ')}`
  // Without a range, Windows ML gives bytes as they are.
  return { preprocessing: inOrder(scalingNamed(range ?? 'zero-to-255'), order ?? 'rgb'), reason }
}
