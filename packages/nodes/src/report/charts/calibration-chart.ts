import type { SingleLabelEvaluation } from '@graft/graph-schema'
import { percent } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'

const side = 320
const margin = { left: 64, right: 22, top: 12, bottom: 44 }
const x = (value: number): number => Math.round((margin.left + value * (side - margin.left - margin.right)) * 10) / 10
const y = (value: number): number =>
  Math.round((side - margin.bottom - value * (side - margin.top - margin.bottom)) * 10) / 10

/**
 * Reliability diagram: how often the network was right, by how sure it was. Bars on the diagonal are what is hoped for.
 */
export function calibrationChart(id: string, bins: SingleLabelEvaluation['calibrationBins']): Html {
  const filled = bins.filter(({ count }) => count > 0)
  const description = filled
    .map(
      (bin) =>
        `${percent(bin.low, 0)} to ${percent(bin.high, 0)} sure: right ${percent(bin.accuracy, 0)} of ${bin.count}`,
    )
    .join('; ')
  return html`<svg class="chart square" viewBox="0 0 ${side} ${side}" role="img" aria-labelledby="${id}-title ${id}-description">
<title id="${id}-title">Calibration diagram</title><desc id="${id}-description">${description}.</desc>
${[0, 0.25, 0.5, 0.75, 1].map((tick) => html`<line class="grid" x1="${x(0)}" x2="${x(1)}" y1="${y(tick)}" y2="${y(tick)}"/><text class="tick" x="${x(0) - 7}" y="${y(tick) + 4}" text-anchor="end">${percent(tick, 0)}</text><text class="tick" x="${x(tick)}" y="${y(0) + 17}" text-anchor="middle">${percent(tick, 0)}</text>`)}
${filled.map((bin) => html`<g><title>${bin.count} images, mean confidence ${percent(bin.confidence)}, right ${percent(bin.accuracy)}</title><rect class="bar" x="${x(bin.low) + 1}" width="${Math.max(1, x(bin.high) - x(bin.low) - 2)}" y="${y(bin.accuracy)}" height="${Math.max(1.5, y(0) - y(bin.accuracy))}"/><circle class="confidence" cx="${x(bin.confidence)}" cy="${y(bin.accuracy)}" r="3.2"/></g>`)}
<line class="diagonal" x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}"/>
<text class="axis" x="${(x(0) + x(1)) / 2}" y="${side - 8}" text-anchor="middle">how sure the network was</text>
<text class="axis" x="12" y="${(y(0) + y(1)) / 2}" text-anchor="middle" transform="rotate(-90 12 ${(y(0) + y(1)) / 2})">how often it was right</text>
</svg>`
}
