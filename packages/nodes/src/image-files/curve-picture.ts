import sharp from 'sharp'

export interface CurvePicture {
  /** Points in order, any units. */
  readonly points: readonly (readonly [x: number, y: number])[]
  /** The same curve without its noise, drawn thicker. */
  readonly smooth: readonly (readonly [x: number, y: number])[]
  /** A place on the x axis to mark. */
  readonly mark: number | null
}

const [width, height, margin] = [480, 240, 14]

/** A curve as PNG, without words: its caption says what is on the axes. Values far above the rest are cut off. */
export async function curvePicture({ points, smooth, mark }: CurvePicture): Promise<Uint8Array> {
  const xs = points.map(([x]) => x)
  const ys = smooth.map(([, y]) => y).filter(Number.isFinite)
  const [left, right, low, start] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), ys[0] ?? 1]
  const high = Math.max(start + 0.25 * (start - low), low + 1e-9)
  const place = ([x, y]: readonly [number, number]): string => {
    const across = margin + ((x - left) / (right - left || 1)) * (width - 2 * margin)
    const up = Math.max(0, Math.min(1.05, (y - low) / (high - low)))
    return `${across.toFixed(1)},${(height - margin - up * (height - 2 * margin)).toFixed(1)}`
  }
  const line = (of: readonly (readonly [number, number])[], style: string): string =>
    `<polyline points="${of.map(place).join(' ')}" fill="none" stroke-linejoin="round" ${style}/>`
  const at = mark === null ? null : Number(place([mark, low]).split(',')[0])
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="${width}" height="${height}" fill="#fafafa"/>
    <path d="M${margin} ${margin}V${height - margin}H${width - margin}" fill="none" stroke="#8a8a8a"/>
    ${line(points, 'stroke="#9db7dc" stroke-width="1"')}
    ${line(smooth, 'stroke="#1f5fb4" stroke-width="2.5"')}
    ${at === null ? '' : `<path d="M${at} ${margin}V${height - margin}" stroke="#b4441f" stroke-width="2" stroke-dasharray="5 4"/>`}
  </svg>`
  return new Uint8Array(await sharp(Buffer.from(svg)).png().toBuffer())
}
