import { adviceSections } from '../advice/index.js'
import { viewsOf } from '../evaluation-views.js'
import type { Html } from '../html.js'
import { mainEvaluation } from '../main-evaluation.js'
import type { ReportInput, ReportSection } from '../report-input.js'
import { data } from './data.js'
import { freezeProof } from './freeze-proof.js'
import { graph } from './graph.js'
import { headline } from './headline.js'
import { learningCurves } from './learning-curves.js'
import { network } from './network.js'
import { settings } from './settings.js'
import { usage } from './usage.js'
import { triedSections } from '../tried/index.js'
import { versions } from './versions.js'
import { warnings } from './warnings.js'

/** Sections that every report has, in the order of the page; those of the main evaluation stand between. */
const before: readonly ReportSection[] = [...adviceSections, headline, warnings, ...triedSections, learningCurves]
const after: readonly ReportSection[] = [graph, settings, freezeProof, network, data, usage, versions]

/** A section with its content. */
export interface RenderedSection {
  readonly id: string
  readonly title: string
  readonly content: Html
}

/** Every section that has something to tell, in the order of the page. */
export function renderSections(input: ReportInput): readonly RenderedSection[] {
  const main = mainEvaluation(input)
  const ofMain =
    main === null ? [] : viewsOf(main).sections.map((section) => rendered(section, section.render(main, input)))
  const render = (section: ReportSection): readonly RenderedSection[] => rendered(section, section.render(input))
  return [...before.flatMap(render), ...ofMain.flat(), ...after.flatMap(render)]
}

function rendered(
  { id, title }: Pick<ReportSection, 'id' | 'title'>,
  content: Html | null,
): readonly RenderedSection[] {
  return content === null ? [] : [{ id, title, content }]
}
