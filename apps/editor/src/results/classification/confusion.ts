import type { SingleLabelEvaluation } from '@graft/graph-schema'

/** A matrix of more classes is searched, sorted and zoomed instead of shown as a whole. */
export const mostWhole = 24

/** Share of the true class, for shading; rows: truth, columns: prediction. */
export function shareIn(confusion: Matrix): (truth: number, prediction: number) => number {
  const totals = confusion.map((row) => row.reduce((sum, count) => sum + count, 0))
  return (truth, prediction) =>
    (totals[truth] ?? 0) === 0 ? 0 : (confusion[truth]?.[prediction] ?? 0) / (totals[truth] ?? 1)
}

type Matrix = readonly (readonly number[])[]

export const matrixOrders = ['mistakes', 'name', 'size'] as const
export type MatrixOrder = (typeof matrixOrders)[number]

/** The classes by index: those with most mistakes, by name, or those with most images first. */
export function orderClasses(confusion: Matrix, names: readonly string[], order: MatrixOrder): readonly number[] {
  const all = confusion.map((_, index) => index)
  const byName = (a: number, b: number): number =>
    (names[a] ?? '').localeCompare(names[b] ?? '', 'en', { numeric: true }) || a - b
  if (order === 'name') return all.toSorted(byName)
  const value = order === 'size' ? sizesOf(confusion) : mistakesOf(confusion)
  return all.toSorted((a, b) => (value[b] ?? 0) - (value[a] ?? 0) || byName(a, b))
}

const sizesOf = (confusion: Matrix): readonly number[] =>
  confusion.map((row) => row.reduce((sum, count) => sum + count, 0))

/** Images of a class that were taken for another, and of others that were taken for it. */
function mistakesOf(confusion: Matrix): readonly number[] {
  const mistakes = confusion.map(() => 0)
  for (const [truth, row] of confusion.entries())
    for (const [prediction, count] of row.entries())
      if (truth !== prediction) {
        mistakes[truth] = (mistakes[truth] ?? 0) + count
        mistakes[prediction] = (mistakes[prediction] ?? 0) + count
      }
  return mistakes
}

/** The classes that a search means, and those that they are confused with, in the same order. */
export function searchClasses(
  order: readonly number[],
  confusion: Matrix,
  names: readonly string[],
  query: string,
): readonly number[] {
  const wanted = query.trim().toLocaleLowerCase('en')
  if (wanted === '') return order
  const found = new Set(order.filter((index) => (names[index] ?? '').toLocaleLowerCase('en').includes(wanted)))
  return order.filter(
    (index) =>
      found.has(index) ||
      [...found].some((other) => (confusion[other]?.[index] ?? 0) > 0 || (confusion[index]?.[other] ?? 0) > 0),
  )
}

export type Prediction = SingleLabelEvaluation['predictions'][number]

/** The images behind a cell, those the network was surest of first. */
export function imagesBehind(
  predictions: readonly Prediction[],
  truth: number,
  prediction: number,
): readonly Prediction[] {
  return predictions
    .filter((item) => item.label === truth && item.prediction === prediction)
    .toSorted((a, b) => b.probability - a.probability || (a.id < b.id ? -1 : 1))
}

/** What a cell says in words. */
export function describeCell(classNames: readonly string[], truth: number, prediction: number, count: number): string {
  const [actual, answer] = [classNames[truth] ?? String(truth), classNames[prediction] ?? String(prediction)]
  const images = `${count} ${count === 1 ? 'image' : 'images'}`
  return truth === prediction ? `${actual}: ${images} recognised` : `${actual} taken for ${answer}: ${images}`
}

/** The cell to which an arrow key leads. */
export function moveInMatrix(
  { row, column }: { readonly row: number; readonly column: number },
  key: string,
  size: number,
): { readonly row: number; readonly column: number } | null {
  const last = size - 1
  const inside = (value: number): number => Math.min(last, Math.max(0, value))
  switch (key) {
    case 'ArrowUp':
      return { row: inside(row - 1), column }
    case 'ArrowDown':
      return { row: inside(row + 1), column }
    case 'ArrowLeft':
      return { row, column: inside(column - 1) }
    case 'ArrowRight':
      return { row, column: inside(column + 1) }
    case 'Home':
      return { row, column: 0 }
    case 'End':
      return { row, column: last }
    default:
      return null
  }
}
