import { photograph } from '../drawing/photograph.js'
import { belongings } from '../pictograms/belongings.js'
import { creatures } from '../pictograms/creatures.js'
import { requireClass, type SampleFamily } from './family.js'

const pictograms = [...creatures, ...belongings]

/** New objects in the manner of the pre-training pictograms. */
export const similar: SampleFamily = {
  id: 'similar',
  title: 'New pictograms',
  description: `${pictograms.length} kinds of objects that the embedded backbone has not seen, drawn in the manner of those that it has.`,
  classNames: pictograms.map((pictogram) => pictogram.name),
  render: (classIndex, random, size) => photograph(requireClass(pictograms, classIndex), random, size),
}
