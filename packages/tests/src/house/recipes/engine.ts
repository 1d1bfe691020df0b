import type { Recipe } from './recipe.js'

export const engineRecipe: Recipe = {
  adds: 'engine',
  files: {
    'packages/engines/src/plain/plain-engine.ts': `import type { Engine } from '../engine.js'
import { tfjsEngine } from '../tfjs/tfjs-engine.js'

/** TensorFlow.js, as an engine of its own. */
export const plainEngine: Engine = {
  ...tfjsEngine,
  id: 'plain',
  probe: async () => ({ ...(await tfjsEngine.probe()), id: 'plain' }),
}
`,
  },
  lists: [
    {
      path: 'packages/engines/src/engines.ts',
      imports: "import { plainEngine } from './plain/plain-engine.js'",
      after: "createOnnxEngine('cuda'), tfjsEngine",
      entry: ', plainEngine',
    },
  ],
  suites: [
    { file: 'packages/engines/src/conformance/lists.test.ts', tests: 'plain' },
    { file: 'packages/engines/src/engines.test.ts', tests: '' },
  ],
}
