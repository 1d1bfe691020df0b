import type { Recipe } from './recipe.js'

export const taskRecipe: Recipe = {
  adds: 'task',
  files: {
    'packages/engines/src/tasks/presence/index.ts': `import { multiLabel } from '../multi-label/index.js'
import type { Task } from '../task.js'

/** Whether classes are there at all: several per image, judged by the share of images that are entirely right. */
export const presence: Task = { ...multiLabel, id: 'presence', title: 'Presence', primary: 'subsetAccuracy' }
`,
  },
  lists: [
    {
      path: 'packages/engines/src/tasks/index.ts',
      imports: "import { presence } from './presence/index.js'",
      after: 'export const tasks: readonly Task[] = [singleLabel, multiLabel',
      entry: ', presence',
    },
  ],
  suites: [{ file: 'packages/engines/src/conformance/lists.test.ts', tests: 'the task presence' }],
}
