import type { AdviceValue, TransferProfile } from '@graft/graph-schema'
import { counted, percent, whole } from '../format.js'
import { html, type Html } from '../html.js'
import type { ReportSection } from '../report-input.js'
import { estimateText, listOf } from './answer.js'

/** Where the images stand, and what the networks are worth at every cut. */
export const profile: ReportSection = {
  id: 'profile',
  title: 'What the networks know of these images',
  render: ({ advice }) =>
    advice === undefined || advice.profiles.length === 0
      ? null
      : html`${position(advice)}${advice.profiles.map((own) => profileTable(own, advice))}`,
}

function position({ position: at, guessing }: AdviceValue): Html | null {
  if (at === null) return null
  const { perClass, similarity, size, likeness, certain, measures, how } = at
  return html`<p>By the textbook's measure these images are <b>${size}</b> in number (${whole(perClass.smallest)} to ${whole(perClass.largest)} per class) and <b>${likeness}</b>${!certain && ', though not surely,'} to what the network knows: ${percent(similarity.value, 0)} (${percent(similarity.low, 0)} to ${percent(similarity.high, 0)}) on a scale from nothing in common to everything. ${how}</p>
${listOf(measures.map(({ title, value, note }) => `${title}: ${estimateText(value)}. ${note}`))}${guessing !== null && html`<p>Always saying the most frequent class would be right for ${percent(guessing.value)}.</p>`}`
}

function profileTable({ network, cuts, pictures }: TransferProfile, { networks }: AdviceValue): Html {
  const title = networks.find(({ id }) => id === network)?.title ?? network
  return html`<div class="scroll"><table><caption>${title}, cut after each stage; cross-validated on up to ${counted(pictures, 'image')}</caption><thead><tr><th scope="col">Cut after</th><th scope="col" class="number">Head on this stage</th><th scope="col" class="number">Head on all stages so far</th><th scope="col" class="number">Nearest neighbours</th><th scope="col" class="number">Parameters kept</th></tr></thead>
<tbody>${cuts.map((cut) => html`<tr><th scope="row">${cut.stage}</th><td class="number">${estimateText(cut.probe)}</td><td class="number">${estimateText(cut.allStages)}</td><td class="number">${estimateText(cut.neighbours)}</td><td class="number">${whole(cut.parameters)}</td></tr>`)}</tbody></table></div>`
}
