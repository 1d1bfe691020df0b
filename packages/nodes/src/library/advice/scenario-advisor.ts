import { usualTask } from '@graft/graph-schema'
import { z } from 'zod'
import { defineNode } from '../../sdk/define-node.js'
import { seedField, switchField } from '../../sdk/fields.js'
import { NodeError } from '../../sdk/node-error.js'
import { advicePort, datasetPort, modelPort } from '../../sdk/ports.js'
import { readSamples } from '../../sdk/samples.js'
import { advise } from './advise.js'
import { affordableBounds } from './features/affordable.js'
import { mostOfAll } from './features/looked-at.js'

export const scenarioAdvisor = defineNode({
  type: 'scenario-advisor',
  version: 1,
  // 2: wider upper ends, votes by nearness. 3: intervals of tried fine-tuning count copies once, and minutes include it.
  // 4: least squares among the candidates, copies by pixels too. 5: none above 400 images, one set of folds above 150.
  // 6: copies by pixels tie no folds; learning curves of least squares keep all weightings.
  // 7: left for what is better beyond chance only; wider upper ends and promises; least squares for more images.
  // 8: errors of differences on a handful of images are larger.
  revision: 8,
  title: 'Scenario Advisor',
  category: 'Advice',
  keywords: ['recommend', 'which network', 'transfer profile', 'learning curve', 'what to do', 'transferability'],
  doc: `Looks at your images through one or several pre-trained networks and says what to do with them, with numbers and how sure they are.
Put it behind Image Folder and Load Backbone, without Split: it keeps away from a test part that the images bring along, and measures by cross-validation on the others. Every image goes through every network once; heads, the transfer profile along the network, the learning curve and what is odd about the images all come from that one pass, and training a head afterwards finds its features there. Nothing is fine-tuned, unless you ask for it.`,
  inputs: {
    images: datasetPort('Images with one class each; a test part among them is left alone.', {
      splits: ['all', 'train'],
    }),
    models: modelPort('The networks to ask, as Load Backbone gives them.', { title: 'Networks', multiple: true }),
  },
  outputs: { advice: advicePort('What was measured, and what follows from it.') },
  usesEngine: true,
  isOutput: true,
  params: z.strictObject({
    pictures: z.int().min(20).max(mostOfAll).default(800).meta({
      title: 'Images at most',
      description:
        'More are not looked at; they are drawn evenly from all classes, always the same ones. A thousand are enough to choose by.',
      unit: 'images',
      advanced: true,
    }),
    minutes: z.number().min(0).max(10_080).default(0).meta({
      title: 'Minutes',
      description:
        'About how long it may take, tried fine-tuning included. How many images are looked at, 100 to 2,000, follows from what a handful of them takes on this machine. 0: the number above.',
      unit: 'minutes',
      advanced: true,
    }),
    tryFineTuning: switchField(false, {
      title: 'Try fine-tuning',
      description:
        'Also trains the whole of each network, for three epochs on four fifths of the images, and measures it on the others. Takes about ten times as long as all the rest.',
    }),
    seed: seedField('Of the folds and draws.'),
  }),
  workload({ inputs: { images, models }, params: { pictures, minutes, tryFineTuning } }) {
    if (images === undefined) return null
    // How many there is time for is measured when it runs.
    const most = minutes === 0 ? pictures : affordableBounds.most
    const looked = Math.min(most, images.count) * (models?.length ?? 1)
    return { forward: looked, training: tryFineTuning ? 3 * looked : 0 }
  },
  async run({ inputs: { images, models }, params, context }) {
    if (images.task !== usualTask)
      throw new NodeError(
        'images',
        `"${images.name}" has images with several classes each. The advisor measures how well one class per image is told.`,
        'Connect images with one class each, or start from the template several-objects.',
      )
    const samples = await readSamples(images, context.store)
    const advice = await advise(images, samples, models, params, context)
    context.emit({ type: 'log', level: 'info', message: advice.recommendation.words })
    for (const { title } of advice.findings.filter(({ severity }) => severity === 'warning'))
      context.emit({ type: 'log', level: 'warning', message: `${title}.` })
    return { advice }
  },
})
