import { photograph } from '../drawing/photograph.js'
import { household } from '../pictograms/household.js'
import { nature } from '../pictograms/nature.js'
import { symbols } from '../pictograms/symbols.js'
import { tools } from '../pictograms/tools.js'
import { travel } from '../pictograms/travel.js'
import { requireClass, type SampleFamily } from './family.js'

const pictograms = [...symbols, ...nature, ...household, ...travel, ...tools]

/** What the embedded backbone was pre-trained on. */
export const source: SampleFamily = {
  id: 'source',
  title: 'Pictograms (pre-training)',
  description: `${pictograms.length} kinds of everyday objects as pictograms, in any colour, style, pose and light, on cluttered backdrops.`,
  classNames: pictograms.map((pictogram) => pictogram.name),
  render: (classIndex, random, size) => photograph(requireClass(pictograms, classIndex), random, size),
}
