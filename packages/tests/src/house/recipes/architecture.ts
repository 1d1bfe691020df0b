import type { Recipe } from './recipe.js'

export const architectureRecipe: Recipe = {
  adds: 'architecture',
  files: {
    'packages/network/src/architectures/families/convolutional/plainnet.ts': `import { defineFamily } from '../../support/define-family.js'

interface Sizes {
  readonly stages: readonly number[]
}

/** Convolutions in stages that halve the map. */
export const plainnet = defineFamily<Sizes, { readonly head: string }>({
  title: 'PlainNet',
  layouts: { torchvision: { head: 'fc' }, timm: { head: 'head.fc' } },
  rows: [
    { id: 'plainnet_small', title: 'PlainNet Small', stages: [8, 16, 24, 32] },
    { id: 'plainnet_large', title: 'PlainNet Large', aliases: ['plainnet_l'], stages: [16, 32, 48, 64] },
  ],
  build: (layers, { stages }, names, classes) => {
    stages.forEach((channels, index) => {
      layers.stage(\`stage\${index + 1}\`)
      layers.conv(\`convs.\${index}\`, channels, 3, { stride: 2 })
      layers.batchNorm(\`norms.\${index}\`)
      layers.activation(\`activations.\${index}\`, 'relu')
    })
    if (classes === null) return
    layers.stage('head')
    layers.pool()
    layers.linear(names.head, classes)
  },
})
`,
  },
  lists: [
    {
      path: 'packages/network/src/architectures/index.ts',
      imports: "import { plainnet } from './families/convolutional/plainnet.js'",
      after: 'export const architectures: readonly Architecture[] = [',
      entry: '\n  ...plainnet,',
    },
  ],
  suites: [{ file: 'packages/network/src/architectures/architectures.test.ts', tests: 'plainnet_large' }],
}
