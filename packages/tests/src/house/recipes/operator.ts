import type { Recipe } from './recipe.js'

export const operatorRecipe: Recipe = {
  adds: 'operator',
  files: {
    'packages/network/src/operators/activation/cube.ts': `import type { Operator } from '../../operator.js'
import { nodeChain } from '../support/onnx-support.js'
import { activation } from './activation.js'

export const cube: Operator = {
  ...activation('Cube', {}, ({ tf }, x) => tf.mul(x, tf.mul(x, x))),
  // ONNX has no such operator.
  toOnnx: (call) => {
    const chain = nodeChain(call)
    return chain.finish('Mul', [...call.inputs, chain.add('Mul', [...call.inputs, ...call.inputs])])
  },
}
`,
    'packages/engines/src/onnx/operators/activation/cube.ts': `import { activation } from './activation.js'

export const cubeRule = activation('Cube', ({ math, x, dy }) => math.mul(dy, math.mul(3, math.mul(x, x))))
`,
  },
  lists: [
    {
      path: 'packages/network/src/operators/index.ts',
      imports: "import { cube } from './activation/cube.js'",
      after: 'export const operators: readonly Operator[] = [',
      entry: 'cube,',
    },
    {
      path: 'packages/engines/src/onnx/operators/index.ts',
      imports: "import { cubeRule } from './activation/cube.js'",
      after: 'export const trainingRules: readonly TrainingRule[] = [',
      entry: 'cubeRule,',
    },
    {
      path: 'packages/engines/src/conformance/cases/elementwise.ts',
      after: "  ['Swish', 'default', {}],",
      entry: "['Cube', 'default', {}], ['Cube', 'once more', {}],",
    },
  ],
  suites: [{ file: 'packages/engines/src/conformance/conformance.test.ts', tests: 'Cube' }],
}
