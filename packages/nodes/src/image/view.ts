import type { Preprocessing } from '@graft/network'
import { mirror, type Image } from './image.js'
import { resample, type Interpolation, type Region } from './resample.js'

/**
 * How one view of an image is cut out: a region, then mirrored, turned about its centre, and moved. All geometry of a
 * view is combined into this.
 */
export interface ViewPlan {
  region: Region
  mirrorHorizontally: boolean
  mirrorVertically: boolean
  /** Clockwise, in degrees. */
  angle: number
  /** Fractions of the result's width and height; to the right and down. */
  shiftX: number
  shiftY: number
  /** Resize by the method that the preprocessing does not ask for. */
  otherInterpolation: boolean
}

/** The plan without augmentation: what the preprocessing contract asks for. */
export function plainPlan(
  size: { readonly width: number; readonly height: number },
  preprocessing: Preprocessing,
): ViewPlan {
  return {
    region: preprocessedRegion(size, preprocessing),
    mirrorHorizontally: false,
    mirrorVertically: false,
    angle: 0,
    shiftX: 0,
    shiftY: 0,
    otherInterpolation: false,
  }
}

/**
 * The region that ends up in the network's input. `crop` follows torchvision's `Resize(size / cropFraction)` and
 * `CenterCrop(size)`, with their rounding: the whole image is thought to be resized, and the centre of it is taken.
 */
function preprocessedRegion(
  size: { readonly width: number; readonly height: number },
  preprocessing: Preprocessing,
): Region {
  if (preprocessing.resize === 'stretch') return { left: 0, top: 0, width: size.width, height: size.height }
  const wantedWidth = Math.floor(preprocessing.width / preprocessing.cropFraction + 1e-9)
  const wantedHeight = Math.floor(preprocessing.height / preprocessing.cropFraction + 1e-9)
  const scale = Math.max(wantedWidth / size.width, wantedHeight / size.height)
  const resizedWidth = Math.max(wantedWidth, Math.trunc(size.width * scale + 1e-9))
  const resizedHeight = Math.max(wantedHeight, Math.trunc(size.height * scale + 1e-9))
  const perColumn = size.width / resizedWidth
  const perRow = size.height / resizedHeight
  return {
    left: roundHalfToEven((resizedWidth - preprocessing.width) / 2) * perColumn,
    top: roundHalfToEven((resizedHeight - preprocessing.height) / 2) * perRow,
    width: preprocessing.width * perColumn,
    height: preprocessing.height * perRow,
  }
}

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value)
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}

/**
 * Cuts a view out of an image, at the given size. Mirroring moves pixels exactly; turning and moving interpolate
 * bilinearly and mirror what lies beyond the edge.
 */
export function cutView(image: Image, plan: ViewPlan, width: number, height: number, wanted: Interpolation): Image {
  const other = wanted === 'bilinear' ? 'bicubic' : 'bilinear'
  const interpolation = plan.otherInterpolation ? other : wanted
  if (plan.angle !== 0 || plan.shiftX !== 0 || plan.shiftY !== 0) return warp(image, plan, width, height, interpolation)
  const result = resample(image, plan.region, width, height, interpolation)
  mirror(result, plan.mirrorHorizontally, plan.mirrorVertically)
  return result
}

/**
 * A whole-pixel window on the result's pixel grid, before it is mirrored, turned and moved; it may reach beyond the
 * region.
 */
interface Window {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Result pixel (x, y) shows straight position (xx x + xy y + x0, yx x + yy y + y0). */
interface Affine {
  readonly xx: number
  readonly xy: number
  readonly x0: number
  readonly yx: number
  readonly yy: number
  readonly y0: number
}

/** Resizes first all that the turned view needs (so nothing aliases), then turns it in one bilinear pass. */
function warp(image: Image, plan: ViewPlan, width: number, height: number, interpolation: Interpolation): Image {
  const map = affineOf(plan, width, height)
  const perColumn = plan.region.width / width
  const perRow = plan.region.height / height
  const needed = windowOf(map, width, height)
  const window = clip(
    needed,
    -plan.region.left / perColumn,
    -plan.region.top / perRow,
    (image.width - plan.region.left) / perColumn,
    (image.height - plan.region.top) / perRow,
  )
  const region = {
    left: plan.region.left + window.left * perColumn,
    top: plan.region.top + window.top * perRow,
    width: (window.right - window.left) * perColumn,
    height: (window.bottom - window.top) * perRow,
  }
  const straight = resample(image, region, window.right - window.left, window.bottom - window.top, interpolation)
  return sampleBilinear(straight, { ...map, x0: map.x0 - window.left, y0: map.y0 - window.top }, width, height)
}

function affineOf(plan: ViewPlan, width: number, height: number): Affine {
  const radians = (plan.angle * Math.PI) / 180
  const cosine = Math.cos(radians)
  const sine = Math.sin(radians)
  const flipX = plan.mirrorHorizontally ? -1 : 1
  const flipY = plan.mirrorVertically ? -1 : 1
  const centreX = (0.5 + plan.shiftX) * width
  const centreY = (0.5 + plan.shiftY) * height
  const xx = flipX * cosine,
    xy = flipX * sine,
    yx = -flipY * sine,
    yy = flipY * cosine
  // From pixel indices to pixel centres and back: + 0.5 before, - 0.5 after.
  return {
    xx,
    xy,
    x0: width / 2 - xx * (centreX - 0.5) - xy * (centreY - 0.5) - 0.5,
    yx,
    yy,
    y0: height / 2 - yx * (centreX - 0.5) - yy * (centreY - 0.5) - 0.5,
  }
}

function windowOf(map: Affine, width: number, height: number): Window {
  const corners = [
    [0, 0],
    [width - 1, 0],
    [0, height - 1],
    [width - 1, height - 1],
  ] as const
  const xs = corners.map(([x, y]) => map.xx * x + map.xy * y + map.x0)
  const ys = corners.map(([x, y]) => map.yx * x + map.yy * y + map.y0)
  return {
    left: Math.floor(Math.min(...xs)),
    top: Math.floor(Math.min(...ys)),
    right: Math.ceil(Math.max(...xs)) + 2,
    bottom: Math.ceil(Math.max(...ys)) + 2,
  }
}

/** Keeps the window on the image; the region itself always is, so one pixel at least is left. */
function clip(window: Window, left: number, top: number, right: number, bottom: number): Window {
  const clippedLeft = Math.min(Math.max(window.left, Math.ceil(left - 1e-6)), Math.floor(right + 1e-6) - 1)
  const clippedTop = Math.min(Math.max(window.top, Math.ceil(top - 1e-6)), Math.floor(bottom + 1e-6) - 1)
  return {
    left: clippedLeft,
    top: clippedTop,
    right: Math.max(clippedLeft + 1, Math.min(window.right, Math.floor(right + 1e-6))),
    bottom: Math.max(clippedTop + 1, Math.min(window.bottom, Math.floor(bottom + 1e-6))),
  }
}

function sampleBilinear(source: Image, map: Affine, width: number, height: number): Image {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0, target = 0; y < height; y++) {
    for (let x = 0; x < width; x++, target += 3) {
      const sourceX = map.xx * x + map.xy * y + map.x0
      const sourceY = map.yx * x + map.yy * y + map.y0
      const column = Math.floor(sourceX)
      const row = Math.floor(sourceY)
      const right = sourceX - column
      const down = sourceY - row
      const left = reflect(column, source.width) * 3
      const next = reflect(column + 1, source.width) * 3
      const upper = reflect(row, source.height) * source.width * 3
      const lower = reflect(row + 1, source.height) * source.width * 3
      for (let channel = 0; channel < 3; channel++) {
        const above = source.data[upper + left + channel]! * (1 - right) + source.data[upper + next + channel]! * right
        const below = source.data[lower + left + channel]! * (1 - right) + source.data[lower + next + channel]! * right
        data[target + channel] = above * (1 - down) + below * down + 0.5
      }
    }
  }
  return { width, height, data }
}

/** Index of the pixel seen when the image is mirrored at its edges, again and again. */
function reflect(index: number, size: number): number {
  if (index >= 0 && index < size) return index
  const period = 2 * size
  const folded = ((index % period) + period) % period
  return folded < size ? folded : period - 1 - folded
}
