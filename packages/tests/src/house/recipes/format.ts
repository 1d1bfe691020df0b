import type { Recipe } from './recipe.js'

export const formatRecipe: Recipe = {
  adds: 'format',
  files: {
    'packages/network/src/formats/plain-json/format.ts': `import type { Network, TensorData } from '../../network.js'
import { checkedNetwork } from '../finish-network.js'
import type { NetworkFormat } from '../format.js'
import { networkSchema } from '../network-schema.js'

const start = '{"plain-network":'

/** A network and its weights as JSON: large, but everybody can read it. */
export const plainJsonFormat: NetworkFormat = {
  id: 'plain-json',
  title: 'plain JSON model',
  kind: 'network',
  extensions: ['.plain'],
  nameTells: true,
  recognises: (head) => new TextDecoder().decode(head.subarray(0, start.length)) === start,
  parts: async (_, name) => [name],
  async read(files, name) {
    const parsed = JSON.parse(new TextDecoder().decode(await files.read(name)))
    const network = checkedNetwork(networkSchema.parse(parsed['plain-network']) as Network, 'plain JSON model')
    const tensors = Object.entries(parsed.tensors as Record<string, { shape: number[]; data: number[] }>)
    return {
      network,
      tensors: new Map(tensors.map(([key, { shape, data }]): [string, TensorData] => [key, { shape, data: Float32Array.from(data) }])),
    }
  },
  writers: [{
    id: 'plain-json',
    title: 'plain JSON model',
    comesBack: true,
    runtime: null,
    takes: 'values',
    tolerance: 1e-3,
    extension: '.plain',
    description: 'For those who want to read it.',
    needsClassifier: false,
    write: async (network, tensors) => {
      const values = Object.fromEntries([...tensors].map(([key, { shape, data }]) => [key, { shape, data: [...data] }]))
      return new TextEncoder().encode(\`\${start}\${JSON.stringify(network)},"tensors":\${JSON.stringify(values)}}\`)
    },
  }],
}
`,
  },
  lists: [
    {
      path: 'packages/network/src/formats/formats.ts',
      imports: "import { plainJsonFormat } from './plain-json/format.js'",
      after: 'export const formats: readonly Format[] = [',
      entry: '\n  plainJsonFormat,',
    },
  ],
  suites: [{ file: 'packages/network/src/formats/formats.test.ts', tests: 'plain-json' }],
}
