/**
 * What people take for a network that can be loaded, and what they can do about it. Not read, only recognised: by
 * content, so that a web page called `model.onnx` is told from a damaged model.
 */
export interface ForeignFormat {
  /** As it is called in a sentence, with its article: "a Keras model (HDF5)". */
  readonly title: string
  /** By the first bytes of the file, and by its name where the bytes don't tell. */
  recognises(head: Uint8Array, name: string): boolean
  /** How to get something that can be loaded, in one or two sentences. */
  readonly advice: string
  /** Whether servers hand it out in place of the file that was asked for. */
  readonly standsIn?: boolean
  /** Whether such files lie beside models too: of a folder they say what it is only where nothing else does. */
  readonly liesBeside?: boolean
}

/** In the order in which they are tried; the first that recognises a file names it. */
export const foreignFormats: readonly ForeignFormat[] = [
  {
    title: 'a Git LFS pointer, which stands in for the file and holds no weights',
    standsIn: true,
    recognises: (head) => textOf(head, 200).startsWith('version https://git-lfs.github.com/'),
    advice: 'Fetch the real file with "git lfs pull", or download it from the page of the repository.',
  },
  {
    title: 'a web page',
    standsIn: true,
    recognises: (head) => /^(<!doctype|<html|<\?xml[^>]*\?>\s*<!doctype html|<head|<body)/i.test(trimmed(head)),
    advice: 'Copy the address of the download itself, not of the page around it, and fetch the file again.',
  },
  {
    title: 'an XML document, such as the answer of a server that refused a download',
    standsIn: true,
    recognises: (head) => trimmed(head).startsWith('<?xml'),
    advice: 'Open the file in a text editor to see what the server said, and fetch the model again.',
  },
  {
    title: 'an image, not a network',
    liesBeside: true,
    recognises: isImage,
    advice: 'Give images to Image Folder, and here a network: a file such as model.onnx, or a name.',
  },
  {
    title: 'a zip archive',
    recognises: isZip,
    advice: 'Unpack it and give the model file or the folder that is in it.',
  },
  {
    title: 'a gzip archive',
    recognises: (head) => startsWith(head, [0x1f, 0x8b]),
    advice: 'Unpack it (tar -xzf, or gunzip) and give the model file or the folder that is in it.',
  },
  {
    title: 'the description of a Keras model, without its weights',
    recognises: (head, name) => /\.json$/i.test(name) && /^\{\s*"(module|class_name)"/.test(trimmed(head)),
    advice: 'Save the whole model in Keras: model.save("model.keras").',
  },
  {
    title: 'a TensorFlow Lite model',
    recognises: (head) => textOf(head.subarray(4, 8), 4) === 'TFL3',
    advice:
      'It is made for running, not for training. Convert the model that it was made from to ONNX, or try python -m tf2onnx.convert --tflite FILE --output model.onnx.',
  },
  {
    title: 'a GGUF file, as language models are kept in',
    recognises: (head) => textOf(head, 4) === 'GGUF',
    advice: 'Only networks for images can be loaded: use an image classifier as an ONNX file.',
  },
  {
    title: 'a NumPy file',
    recognises: (head) => startsWith(head, [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]),
    advice: 'Load the weights into their network and export that to ONNX.',
  },
  {
    title: 'a TensorFlow SavedModel',
    recognises: (_, name) => /(^|\/)saved_model\.pb(txt)?$/i.test(name),
    advice:
      'Where Keras wrote it, save the model from there: model.save("model.keras"). Else convert it: python -m tf2onnx.convert --saved-model FOLDER --output model.onnx.',
  },
  {
    title: 'a frozen TensorFlow graph',
    recognises: (_, name) => /\.pb(txt)?$/i.test(name),
    advice: 'Convert it: python -m tf2onnx.convert --graphdef FILE --output model.onnx --inputs ... --outputs ...',
  },
  {
    title: 'the weights that belong to an ONNX model, not the model itself',
    recognises: (_, name) => /\.onnx[._]?data$/i.test(name),
    advice: 'Give the .onnx file that lies beside it; keep both together.',
  },
  {
    title: 'a Core ML model',
    recognises: (_, name) => /\.(mlmodel|mlpackage)(\/|$)/i.test(name),
    advice: 'Export the network that it was made from to ONNX.',
  },
]

/** The foreign format of a file; undefined when it is none of them. */
export function foreignFormatOf(head: Uint8Array, name: string): ForeignFormat | undefined {
  return foreignFormats.find((format) => format.recognises(head, name))
}

function isZip(head: Uint8Array): boolean {
  return startsWith(head, [0x50, 0x4b, 0x03, 0x04])
}

/** JPEG, PNG, GIF or WebP. */
function isImage(head: Uint8Array): boolean {
  const text = textOf(head, 12)
  const isWebp = text.startsWith('RIFF') && text.endsWith('WEBP')
  return startsWith(head, [0xff, 0xd8, 0xff]) || text.slice(1, 4) === 'PNG' || text.startsWith('GIF8') || isWebp
}

const startsWith = (head: Uint8Array, bytes: readonly number[]): boolean =>
  bytes.every((byte, index) => head[index] === byte)

const textOf = (bytes: Uint8Array, most: number): string => new TextDecoder('latin1').decode(bytes.subarray(0, most))

/** The beginning as text, without a byte-order mark and white space before it. */
const trimmed = (head: Uint8Array): string =>
  new TextDecoder().decode(head.subarray(0, 1000)).replace(/^[\uFEFF\s]+/, '')
