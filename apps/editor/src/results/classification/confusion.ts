import type { SingleLabelEvaluation } from '@graft/graph-schema'

/** A matrix of this many classes still has cells that can be hit. */
const mostShown = 24

export interface MatrixView {
  /** Which classes are shown, by index, in this order. */
  readonly classes: readonly number[]
  /** Classes left out because they were confused least. */
  readonly leftOut: number
  /** Share of the true class, for shading; rows: truth, columns: prediction. */
  readonly share: (truth: number, prediction: number) => number
}

/** What of a confusion matrix is shown: all classes, or those with most mistakes where there are too many. */
export function viewMatrix(confusion: readonly (readonly number[])[], most = mostShown): MatrixView {
  const mistakes = confusion.map(
    (row, truth) =>
      row.reduce((sum, count, prediction) => sum + (prediction === truth ? 0 : count), 0) +
      confusion.reduce((sum, other, index) => sum + (index === truth ? 0 : (other[truth] ?? 0)), 0),
  )
  const all = confusion.map((_, index) => index)
  const worst = all
    .toSorted((a, b) => (mistakes[b] ?? 0) - (mistakes[a] ?? 0) || a - b)
    .slice(0, most)
    .toSorted((a, b) => a - b)
  const totals = confusion.map((row) => row.reduce((sum, count) => sum + count, 0))
  return {
    classes: all.length > most ? worst : all,
    leftOut: Math.max(0, all.length - most),
    share: (truth, prediction) =>
      (totals[truth] ?? 0) === 0 ? 0 : (confusion[truth]?.[prediction] ?? 0) / (totals[truth] ?? 1),
  }
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
