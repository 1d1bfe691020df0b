import type { Head, Network, Preprocessing } from '@graft/network'
import { originOf } from '@graft/network'
import { html } from '../html.js'
import type { Html } from '../html.js'
import type { ReportSection } from '../report-input.js'

/** How to run the exported model elsewhere: the preprocessing must be the same, or the accuracy above does not hold. */
export const usage: ReportSection = {
  id: 'usage',
  title: 'Using the model',
  render: ({ network }) => {
    if (network === undefined || network.head === null) return null
    return html`<p>Export Model writes the network as ONNX, which runs in Python, C++, Java, JavaScript, on phones and in browsers. An image must be prepared exactly as in training:</p>
${originOf(network).certain ? null : html`<p class="warnings">How images were prepared for the pre-trained network is not certain (${originOf(network).reason}). The steps are those of this training; with others it might have been better.</p>`}
${steps(network.preprocessing, network.head.thresholds)}
<details><summary>Python, with onnxruntime</summary><pre><code>${pythonProgram(network)}</code></pre></details>`
  },
}

function steps(
  { height, width, resize, cropFraction, interpolation, channelOrder, mean, deviation }: Preprocessing,
  thresholds: Head['thresholds'],
): Html {
  const size =
    resize === 'stretch'
      ? `Resize to ${width} × ${height} pixels (${interpolation}, without keeping the proportions).`
      : `Resize so that the image covers ${Math.round(width / cropFraction)} × ${Math.round(height / cropFraction)} pixels (${interpolation}), then cut ${width} × ${height} from its middle.`
  return html`<ol><li>Turn the image upright (EXIF) and take it as 8-bit ${channelOrder.toUpperCase()}.</li><li>${size}</li><li>Divide by 255, subtract [${mean.join(', ')}] and divide by [${deviation.join(', ')}], channel by channel.</li><li>Order the axes as batch, channel, height, width; the model's answer is a probability for each class${thresholds === undefined ? '' : ', each with its own threshold'}.</li></ol>`
}

/** A whole program, so that it can be copied and run as it stands. */
export function pythonProgram(network: Network, fileName = 'model.onnx'): string {
  return `# pip install onnxruntime pillow numpy
import sys
import numpy as np
import onnxruntime as ort
from PIL import Image, ImageOps

${pythonPreparation(network, 'channels first')}
session = ort.InferenceSession('${fileName}', providers=['CPUExecutionProvider'])
probabilities = session.run(['probabilities'], {${JSON.stringify(network.input.name)}: prepare(sys.argv[1])})[0][0]
${pythonAnswers(network)}`
}

/** In Python, with Pillow and NumPy: the classes, and `prepare(path)`, which gives one image as the network takes it. */
export function pythonPreparation({ preprocessing, head }: Network, order: 'channels first' | 'channels last'): string {
  const { height, width, mean, deviation, channelOrder } = preprocessing
  const thresholds = head?.thresholds === undefined ? '' : `THRESHOLDS = ${JSON.stringify(head.thresholds)}\n`
  const result =
    order === 'channels first'
      ? `pixels.transpose(2, 0, 1)[None]  # 1 x 3 x ${height} x ${width}`
      : `pixels[None]  # 1 x ${height} x ${width} x 3`
  return `CLASSES = ${JSON.stringify(head?.names ?? [])}
${thresholds}
def prepare(path):
    image = ImageOps.exif_transpose(Image.open(path)).convert('RGB')
${resizeLines(preprocessing)}
    pixels = np.asarray(image, dtype=np.float32)${channelOrder === 'bgr' ? '[:, :, ::-1]' : ''} / 255
    pixels = (pixels - np.float32(${JSON.stringify(mean)})) / np.float32(${JSON.stringify(deviation)})
    return ${result}
`
}

/** In Python: prints the best five of `probabilities`. */
export function pythonAnswers({ head }: Network): string {
  const mark =
    head?.thresholds === undefined ? '' : "{'  <- there' if probabilities[index] >= THRESHOLDS[index] else ''}"
  return `for index in probabilities.argsort()[::-1][:5]:
    print(f'{probabilities[index]:7.2%}  {CLASSES[index]}${mark}')
`
}

function resizeLines({ height, width, resize, cropFraction, interpolation }: Preprocessing): string {
  const filter = `Image.Resampling.${interpolation.toUpperCase()}`
  if (resize === 'stretch') return `    image = image.resize((${width}, ${height}), ${filter})`
  const [wide, high] = [width, height].map((size) => Math.floor(size / cropFraction + 1e-9))
  return `    scale = max(${wide} / image.width, ${high} / image.height)
    size = max(${wide}, int(image.width * scale + 1e-9)), max(${high}, int(image.height * scale + 1e-9))
    image = image.resize(size, ${filter})
    left, top = round((image.width - ${width}) / 2), round((image.height - ${height}) / 2)
    image = image.crop((left, top, left + ${width}, top + ${height}))`
}
