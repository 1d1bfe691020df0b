import { classesOf, type Snippet, type SnippetFacts } from './snippet.js'

function program({ network }: SnippetFacts): string {
  const { width, height, mean, deviation, channelOrder, resize, cropFraction } = network.preprocessing
  const part =
    resize === 'crop'
      ? `// The middle: ${cropFraction === 1 ? 'the largest part of this shape' : `${Number(cropFraction.toFixed(4))} of the largest part of this shape`}.
const scale = ${cropFraction} * Math.min(photo.naturalWidth / ${width}, photo.naturalHeight / ${height})
const [wide, high] = [${width} * scale, ${height} * scale]`
      : 'const [wide, high] = [photo.naturalWidth, photo.naturalHeight]'
  return `// npm install @tensorflow/tfjs
import * as tf from '@tensorflow/tfjs'

const classes = ${classesOf(network)}
const model = await tf.loadLayersModel('model/model.json')
const photo = document.querySelector('img')
await photo.decode()
const canvas = document.createElement('canvas')
canvas.width = ${width}
canvas.height = ${height}
const context = canvas.getContext('2d')
context.imageSmoothingQuality = 'high'
${part}
const [left, top] = [(photo.naturalWidth - wide) / 2, (photo.naturalHeight - high) / 2]
context.drawImage(photo, left, top, wide, high, 0, 0, ${width}, ${height})
const probabilities = tf.tidy(() => {
  const image = tf.browser.fromPixels(canvas)
  const pixels = ${channelOrder === 'bgr' ? 'tf.reverse(image, 2)' : 'image'}.div(255).sub(${JSON.stringify(mean)}).div(${JSON.stringify(deviation)})
  return model.predict(pixels.expandDims(0)).dataSync()
})
const best = probabilities.indexOf(Math.max(...probabilities))
console.log(classes[best], probabilities[best])`
}

export const tfjsSnippets: readonly Snippet[] = [
  {
    language: 'javascript',
    title: 'JavaScript, TensorFlow.js (unpack the zip and serve its folder)',
    writers: ['tfjs'],
    program,
  },
]
