import { activation } from './activation.js'

export const relu = activation('Relu', {}, ({ tf }, x) => tf.relu(x))
export const sigmoid = activation('Sigmoid', {}, ({ tf }, x) => tf.sigmoid(x))
export const tanh = activation('Tanh', {}, ({ tf }, x) => tf.tanh(x))
export const softplus = activation('Softplus', {}, ({ tf }, x) => tf.softplus(x))
export const softsign = activation('Softsign', {}, ({ tf }, x) => tf.div(x, tf.add(tf.abs(x), 1)))
