import type { Recipe } from './recipe.js'

export const metricRecipe: Recipe = {
  adds: 'metric',
  files: {},
  lists: [
    {
      path: 'packages/engines/src/tasks/single-label/metrics.ts',
      after: 'export const singleLabelMetrics: readonly Metric<ClassAnswers>[] = [',
      entry: `{
    name: 'errorRate',
    title: 'Error rate',
    better: 'lower',
    format: 'percent',
    measure: ({ confusion }) => 1 - accuracy(confusion),
  },`,
    },
  ],
  suites: [{ file: 'packages/engines/src/conformance/lists.test.ts', tests: 'errorRate' }],
}
