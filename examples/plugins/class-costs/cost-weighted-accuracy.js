import { defineNode, filePort, metricsPort, NodeError, numberPort, readDetail, z } from '@graft/nodes/sdk'
import { weighCosts } from './weigh-costs.js'

const cost = z.strictObject({
  truth: z.string().min(1).meta({ title: 'Truth', description: 'What the image shows.' }),
  prediction: z.string().min(1).meta({ title: 'Prediction', description: 'What the network takes it for.' }),
  cost: z.number().min(0).max(1e9).meta({ title: 'Cost', description: 'What this mistake costs, next to the others.' }),
})

export const costWeightedAccuracy = defineNode({
  type: 'cost-weighted-accuracy',
  version: 1,
  title: 'Cost-Weighted Accuracy',
  category: 'Evaluation',
  doc: `Judges a network by what its mistakes cost.
Taking a death cap for a champignon is worse than the other way round; plain accuracy counts both the same. Connect the metrics of Evaluate. Gives 1 where nothing is mistaken and 0 where every image is mistaken for what costs most, and a table of what the mistakes cost.`,
  inputs: { metrics: metricsPort('The result of Evaluate.') },
  outputs: {
    score: numberPort('1 minus the share of the highest possible cost.'),
    table: filePort('What the mistakes cost, as CSV.'),
  },
  isOutput: true,
  params: z.strictObject({
    costs: z
      .array(cost)
      .max(10_000)
      .default([])
      .meta({ title: 'Costs', description: 'Mistakes that cost something else than the rest.' }),
    otherwise: z
      .number()
      .min(0)
      .max(1e9)
      .default(1)
      .meta({ title: 'Otherwise', description: 'What every other mistake costs.' }),
  }),

  async run({ params, inputs, context }) {
    const metrics = inputs.metrics
    const detail = await readDetail(metrics, context.store)
    if (detail.kind !== 'single-label-evaluation')
      throw new NodeError(
        'metrics',
        'These metrics have no confusion matrix: they come from Train.',
        'Connect the metrics of Evaluate.',
      )
    const unknown = params.costs
      .flatMap(({ truth, prediction }) => [truth, prediction])
      .find((name) => !detail.classNames.includes(name))
    if (unknown !== undefined)
      throw new NodeError(
        'costs',
        `There is no class "${unknown}".`,
        `The classes are ${detail.classNames.join(', ')}.`,
      )
    const { score, mistakes } = weighCosts(detail.confusion, detail.classNames, params)
    context.emit({
      type: 'metric',
      name: 'cost-weighted accuracy',
      split: metrics.split,
      phase: 'evaluation',
      epoch: 0,
      step: 0,
      value: score,
    })
    context.emit({
      type: 'log',
      level: 'info',
      message: `Cost-weighted accuracy ${(score * 100).toFixed(1)} % (accuracy ${(metrics.values.accuracy * 100).toFixed(1)} %).`,
    })
    const table = [
      'truth,prediction,count,cost',
      ...mistakes.map((mistake) =>
        [quote(mistake.truth), quote(mistake.prediction), mistake.count, mistake.cost].join(','),
      ),
    ].join('\n')
    return {
      score,
      table: {
        kind: 'file',
        blob: await context.store.put(new TextEncoder().encode(`${table}\n`), 'text/csv', 'costs.csv'),
      },
    }
  },
})

const quote = (text) => `"${text.replaceAll('"', '""')}"`
