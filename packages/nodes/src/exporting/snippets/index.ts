import { kerasSnippets } from './keras.js'
import { onnxImageSnippets } from './onnx-image.js'
import { onnxValueSnippets } from './onnx-values.js'
import { pytorchSnippets } from './pytorch.js'
import type { Snippet } from './snippet.js'
import { tfjsSnippets } from './tfjs.js'

export type { Snippet, SnippetFacts } from './snippet.js'

/** Programs that use exported files, by the files that they run. */
export const snippets: readonly Snippet[] = [
  ...onnxValueSnippets,
  ...onnxImageSnippets,
  ...pytorchSnippets,
  ...tfjsSnippets,
  ...kerasSnippets,
]
