import { architectureRecipe } from './architecture.js'
import { engineRecipe } from './engine.js'
import { formatRecipe } from './format.js'
import { metricRecipe } from './metric.js'
import { nodeRecipe } from './node.js'
import { operatorRecipe } from './operator.js'
import { optimizerRecipe } from './optimizer.js'
import type { Recipe } from './recipe.js'
import { taskRecipe } from './task.js'

export type { Recipe } from './recipe.js'

/** Every recipe of CONTRIBUTING.md. */
export const recipes: readonly Recipe[] = [
  nodeRecipe,
  operatorRecipe,
  formatRecipe,
  architectureRecipe,
  engineRecipe,
  taskRecipe,
  optimizerRecipe,
  metricRecipe,
]
