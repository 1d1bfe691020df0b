/** The modules of programs that compute heads at once, by the method of Train. */
export const headModules = {
  solver: 'solver',
  leastSquares: 'least_squares',
  classMeans: 'class_means',
  nearestNeighbours: 'nearest_neighbours',
} as const
