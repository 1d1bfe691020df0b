import { classesOf, type Snippet } from './snippet.js'

const writers = ['onnx-image']

/** Where preprocessing is inside, nothing is left to do but to decode the image. */
export const onnxImageSnippets: readonly Snippet[] = [
  {
    language: 'python',
    title: 'Python, onnxruntime',
    writers,
    program: ({ fileName, network }) => `# pip install onnxruntime pillow numpy
import sys
import numpy as np
import onnxruntime as ort
from PIL import Image, ImageOps

classes = ${classesOf(network)}
image = np.asarray(ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGB"))
session = ort.InferenceSession("${fileName}")
probabilities = session.run(["probabilities"], {"image": image[None]})[0][0]
print(classes[probabilities.argmax()], probabilities.max())`,
  },
  {
    language: 'javascript',
    title: 'JavaScript, onnxruntime-node',
    writers,
    program: ({ fileName, network }) => `// npm install onnxruntime-node sharp
import { InferenceSession, Tensor } from 'onnxruntime-node'
import sharp from 'sharp'

const classes = ${classesOf(network)}
const { data, info } = await sharp(process.argv[2]).rotate().removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
const session = await InferenceSession.create('${fileName}')
const image = new Tensor('uint8', new Uint8Array(data), [1, info.height, info.width, 3])
const { probabilities } = await session.run({ image })
const best = probabilities.data.indexOf(Math.max(...probabilities.data))
console.log(classes[best], probabilities.data[best])`,
  },
  {
    language: 'csharp',
    title: 'C#, Microsoft.ML.OnnxRuntime',
    writers,
    program: ({ fileName, network }) =>
      `// dotnet add package Microsoft.ML.OnnxRuntime; dotnet add package SixLabors.ImageSharp --version "3.1.*"
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

string[] classes = JsonSerializer.Deserialize<string[]>("""${classesOf(network)}""")!;
using var image = Image.Load<Rgb24>(args[0]);
image.Mutate(context => context.AutoOrient());
var bytes = new byte[image.Width * image.Height * 3];
image.CopyPixelDataTo(bytes);
var input = new DenseTensor<byte>(bytes, new[] { 1, image.Height, image.Width, 3 });
using var session = new InferenceSession("${fileName}");
using var results = session.Run(new[] { NamedOnnxValue.CreateFromTensor("image", input) }, new[] { "probabilities" });
var probabilities = results.First().AsEnumerable<float>().ToArray();
var best = Array.IndexOf(probabilities, probabilities.Max());
Console.WriteLine($"{classes[best]} {probabilities[best]}");`.replace(
        'using Microsoft.ML.OnnxRuntime;\n',
        'using System.Text.Json;\nusing Microsoft.ML.OnnxRuntime;\n',
      ),
  },
]
