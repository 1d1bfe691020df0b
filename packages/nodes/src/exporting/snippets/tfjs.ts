import { classesOf, type Snippet, type SnippetFacts } from './snippet.js'

function program({ network }: SnippetFacts): string {
  const { width, height, mean, deviation, channelOrder, resize, cropFraction } = network.preprocessing
  const crop =
    resize === 'crop'
      ? `  // Cut the centre out of the image first: a square of ${cropFraction} of its shorter side.\n`
      : ''
  return `// npm install @tensorflow/tfjs
import * as tf from '@tensorflow/tfjs'

const classes = ${classesOf(network)}
const model = await tf.loadLayersModel('model/model.json')
const probabilities = tf.tidy(() => {
${crop}  const image = tf.image.resizeBilinear(tf.browser.fromPixels(document.querySelector('img')), [${height}, ${width}])
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
