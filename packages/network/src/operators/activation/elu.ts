import { activation, negativePart } from './activation.js'

export const elu = activation('Elu', { alpha: 1 }, ({ tf, value }, x) =>
  tf.add(tf.relu(x), tf.mul(tf.expm1(negativePart(tf, x)), value('alpha'))),
)

export const selu = activation(
  'Selu',
  { alpha: 1.67326319217681884765625, gamma: 1.05070102214813232421875 },
  ({ tf, value }, x) =>
    tf.mul(tf.add(tf.relu(x), tf.mul(tf.expm1(negativePart(tf, x)), value('alpha'))), value('gamma')),
)

export const celu = activation('Celu', { alpha: 1 }, ({ tf, value }, x) =>
  tf.add(tf.relu(x), tf.mul(tf.expm1(tf.div(negativePart(tf, x), value('alpha'))), value('alpha'))),
)
