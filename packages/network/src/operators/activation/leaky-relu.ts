import { activation } from './activation.js'

export const leakyRelu = activation('LeakyRelu', { alpha: 0.01 }, ({ tf, value }, x) => tf.leakyRelu(x, value('alpha')))
