// The table of `npm run bench panel`: each recipe at each size against the probe, on the cells where both were measured.

export const keyOf = (recipe, { set, size, seed }) => [set, size, seed, recipe.name].join(' ')

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
const percent = (value) => Number((100 * value).toFixed(1))

/** Rows for the recipes, of which the first is the probe; `known` has `{ value, seconds }` by key. */
export function tableOf(recipes, sets, sizes, seeds, known) {
  return recipes.flatMap((recipe) =>
    sizes.flatMap((size) => rowOf(recipe, { size, sets, seeds, probe: recipes[0], known })),
  )
}

function rowOf(recipe, { size, sets, seeds, probe, known }) {
  const pairs = sets.map((set) =>
    seeds
      .map((seed) => [recipe, probe].map((one) => known.get(keyOf(one, { set, size, seed }))))
      .filter(([own, other]) => own && other),
  )
  const measured = sets.map((set, index) => ({ set, pairs: pairs[index] })).filter((one) => one.pairs.length > 0)
  if (measured.length === 0) return []
  const differences = measured.map((one) => mean(one.pairs.map(([own, other]) => own.value - other.value)))
  return [
    {
      recipe: recipe.name,
      perClass: size,
      sets: measured.length,
      seeds: Math.max(...measured.map((one) => one.pairs.length)),
      accuracy: percent(mean(measured.map((one) => mean(one.pairs.map(([own]) => own.value))))),
      meanDifference: percent(mean(differences)),
      worstDifference: percent(Math.min(...differences)),
      worstSet: measured[differences.indexOf(Math.min(...differences))].set,
      aheadOn: differences.filter((difference) => difference > 0).length,
      seconds: Number(mean(measured.map((one) => mean(one.pairs.map(([own]) => own.seconds)))).toFixed(1)),
    },
  ]
}
