import { pythonProgram } from '../../report/sections/usage.js'
import type { Snippet } from './snippet.js'

export const onnxValueSnippets: readonly Snippet[] = [
  {
    language: 'python',
    title: 'Python, onnxruntime',
    writers: ['onnx', 'onnx-fp16', 'onnx-int8'],
    program: ({ fileName, network }) => pythonProgram(network, fileName).trimEnd(),
  },
]
