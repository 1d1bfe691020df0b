import type { Recipe } from './recipe.js'

export const optimizerRecipe: Recipe = {
  adds: 'optimizer',
  files: {
    'packages/engines/src/optimizers/sign-sgd.ts': `import { defineOptimizer } from './optimizer.js'

/** signSGD (Bernstein et al., arXiv:1802.04434): every weight moves by the learning rate. */
export const signSgd = defineOptimizer({
  name: 'sign-sgd',
  title: 'signSGD',
  form: {},
  code: {},
  slots: [],
  scalars: () => ({}),
  write: (_, { graph, parameter, gradient, learningRate }) => ({
    parameter: graph.add('Sub', [parameter, graph.add('Mul', [graph.add('Sign', [gradient]), learningRate])]),
    slots: {},
  }),
  update: (_, { tf, parameter, gradient, learningRate }) => ({
    parameter: tf.sub(parameter, tf.mul(tf.sign(gradient), learningRate)),
    slots: {},
  }),
})
`,
  },
  lists: [
    {
      path: 'packages/engines/src/optimizers/index.ts',
      imports: "import { signSgd } from './sign-sgd.js'",
      after: 'export const optimizers = [adamw, adam, sgd',
      entry: ', signSgd',
    },
  ],
  suites: [{ file: 'packages/engines/src/conformance/lists.test.ts', tests: 'the optimizer sign-sgd' }],
}
