import type { Recipe } from './recipe.js'

export const nodeRecipe: Recipe = {
  adds: 'node',
  files: {
    'packages/nodes/src/library/output/class-count.ts': `import { z } from 'zod'
import { defineNode } from '../../sdk/define-node.js'
import { datasetPort, numberPort } from '../../sdk/ports.js'

export const classCount = defineNode({
  type: 'class-count',
  version: 1,
  title: 'Class Count',
  category: 'Output',
  doc: 'Counts the classes of a data set. Gives a number that parameters can take.',
  inputs: { images: datasetPort('The images to look at.') },
  outputs: { number: numberPort('How many classes there are.') },
  params: z.strictObject({}),
  run: async ({ inputs }) => ({ number: inputs.images.classNames.length }),
})
`,
  },
  lists: [
    {
      path: 'packages/nodes/src/library/output/index.ts',
      imports: "import { classCount } from './class-count.js'",
      after: 'export const outputNodes: readonly NodeDefinition[] = [',
      entry: 'classCount,',
    },
  ],
  suites: [{ file: 'packages/nodes/src/library/library.test.ts', tests: 'class-count keeps the promises' }],
}
