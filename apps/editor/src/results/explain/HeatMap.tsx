import type { Explanation } from '@graft/graph-schema'
import { useEffect, useRef } from 'react'
import type { ReactElement } from 'react'
import { nothingCounts } from './explanation-words.js'
import './explain.css'

const pixels = 384
/** Orange lies far from what photos are full of, and from both classes of colours that people mix up. */
const [red, green, blue] = [255, 96, 0]
const strongest = 170

/**
 * What speaks for a class, laid over the image. The canvas has the image's proportions, so whatever fits the image into
 * its frame fits the canvas into it alike. What it shows is said in words beside it.
 */
export function HeatMap({ explanation }: { readonly explanation: Explanation }): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    if (canvas.current !== null) draw(canvas.current, explanation)
  }, [explanation])
  const { aspect } = explanation
  return (
    <canvas
      ref={canvas}
      className="heat-map"
      width={Math.max(1, Math.round(aspect < 1 ? pixels * aspect : pixels))}
      height={Math.max(1, Math.round(aspect < 1 ? pixels : pixels / aspect))}
      aria-hidden="true"
    />
  )
}

function draw(canvas: HTMLCanvasElement, { cells, seen, most }: Explanation): void {
  const context = canvas.getContext('2d')
  const small = smallMap(cells)
  if (context === null || small === null) return
  const { width, height } = canvas
  context.clearRect(0, 0, width, height)
  context.imageSmoothingQuality = 'high'
  context.drawImage(small, seen.left * width, seen.top * height, seen.width * width, seen.height * height)
  if (nothingCounts(cells)) return
  const { left, top, width: wide, height: high } = most.part
  for (const [style, line] of [
    ['rgb(0 0 0 / 70%)', 4],
    ['#fff', 2],
  ] as const) {
    context.strokeStyle = style
    context.lineWidth = line
    context.strokeRect(left * width, top * height, wide * width, high * height)
  }
}

/** One pixel per cell, which the browser draws larger, smoothly. */
function smallMap(cells: Explanation['cells']): HTMLCanvasElement | null {
  const [columns, rows] = [cells[0]?.length ?? 0, cells.length]
  const map = document.createElement('canvas')
  map.width = columns
  map.height = rows
  const context = map.getContext('2d')
  if (context === null || columns === 0) return null
  const image = context.createImageData(columns, rows)
  cells.flat().forEach((value, index) => image.data.set([red, green, blue, Math.max(0, value) * strongest], index * 4))
  context.putImageData(image, 0, 0)
  return map
}
