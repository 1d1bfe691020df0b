import { activation } from './activation.js'

export const eluRule = activation('Elu', ({ math, x, y, dy, value }) =>
  math.where(math.greater(x, 0), dy, math.mul(dy, math.add(y, value('alpha')))),
)

export const seluRule = activation('Selu', ({ math, x, y, dy, value }) =>
  math.where(
    math.greater(x, 0),
    math.mul(dy, value('gamma')),
    math.mul(dy, math.add(y, value('gamma') * value('alpha'))),
  ),
)

export const celuRule = activation('Celu', ({ math, x, y, dy, value }) =>
  math.where(math.greater(x, 0), dy, math.mul(dy, math.add(math.div(y, value('alpha')), 1))),
)
