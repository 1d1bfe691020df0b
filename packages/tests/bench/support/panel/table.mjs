// The table of `npm run bench panel`: each recipe at each number of images against the probe on images of the same size, on the cells
// where both were measured.

/** What a cell is kept under. */
export const keyOf = ({ name }, { set, size, seed, pixels }) =>
  [set, size, seed, ...(pixels === 224 ? [] : [`${pixels}px`]), name].join(' ')

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
const percent = (value) => Number((100 * value).toFixed(1))

/** Rows for the recipes of each family, of which the first is the probe; `known` has `{ value, cpu }` by key. */
export function tableOf(families, sets, sizes, seeds, known) {
  return families.flatMap(({ pixels, recipes }) =>
    recipes.flatMap((recipe) =>
      sizes.flatMap((size) => rowOf(recipe, { pixels, size, sets, seeds, probe: recipes[0], known })),
    ),
  )
}

function rowOf(recipe, { pixels, size, sets, seeds, probe, known }) {
  const measured = sets
    .map((set) => ({
      set,
      pairs: seeds
        .map((seed) => [recipe, probe].map((one) => known.get(keyOf(one, { set, size, seed, pixels }))))
        .filter(([own, other]) => own && other),
    }))
    .filter(({ pairs }) => pairs.length > 0)
  if (measured.length === 0) return []
  const differences = measured.map(({ pairs }) => mean(pairs.map(([own, other]) => own.value - other.value)))
  const worst = Math.min(...differences)
  const all = measured.flatMap(({ pairs }) => pairs)
  const times = all.map(([own]) => own.cpu).filter((cpu) => cpu !== undefined)
  return [
    {
      recipe: recipe.name,
      pixels,
      perClass: size,
      sets: measured.length,
      cells: all.length,
      accuracy: percent(mean(measured.map(({ pairs }) => mean(pairs.map(([own]) => own.value))))),
      meanDifference: percent(mean(differences)),
      standardError: recipe === probe ? 0 : percent(standardError(all.map(([own, other]) => own.value - other.value))),
      worstDifference: percent(worst),
      worstSet: measured[differences.indexOf(worst)].set,
      aheadOn: differences.filter((difference) => difference > 0).length,
      cpuSeconds: times.length === 0 ? null : Number(mean(times).toFixed(1)),
    },
  ]
}

/** Of a mean. */
function standardError(values) {
  if (values.length < 2) return Number.NaN
  const middle = mean(values)
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1)
  return Math.sqrt(variance / values.length)
}
