import { EngineError } from '../../engine.js'

/** Images that least squares takes whatever their features; with more there is no want of it. */
export const mostForLeastSquares = 1500
/** With no more features than so many, any number of images is taken: time grows by them alone. */
const mostColumns = 1000
/** A network of nearest neighbours carries them all, and compares every image with each. */
const mostNeighbours = 20_000

/** Throws EngineError where there are more rows of features, or more of both, than a method is made for. */
export function refuseTooMany(
  method: string,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): void {
  if (method === 'leastSquares' && rows > mostForLeastSquares && columns > mostColumns)
    throw new EngineError(
      `Least squares on ${rows} images with ${columns} features would take minutes. Expected at most ${mostForLeastSquares} images, or ${mostColumns} features.`,
      'Take the solver as the method: with so many images it does as well.',
    )
  if (method === 'nearestNeighbours' && rows > mostNeighbours)
    throw new EngineError(
      `The network would carry the features of ${rows} training images, and compare every image with each of them. Expected ${mostNeighbours} at most.`,
      'Use fewer images or views, or take the solver as the method.',
    )
}
