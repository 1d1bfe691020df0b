import tseslint from 'typescript-eslint'
import { floorsRule } from './scripts/lint/floors-rule.mjs'

/** Packages from the ground up: each may import those before it, never those after (see docs/architecture.md). */
const layers = ['errors', 'graph-schema', 'network', 'engines', 'nodes', 'runner', 'editor']

/**
 * What a package may import of Graft, beyond the default "everything below". graph-schema and network know nothing of
 * each other.
 */
const mayImport = {
  errors: [],
  'graph-schema': ['errors'],
  network: ['errors'],
  engines: ['errors', 'network'],
  nodes: ['errors', 'graph-schema', 'network', 'engines'],
  runner: ['errors', 'graph-schema', 'network', 'engines', 'nodes'],
  // Everything else reaches the editor over HTTP, so that plugins look like built-in nodes.
  editor: ['errors', 'graph-schema'],
}

const folderOf = (name) => (name === 'runner' || name === 'editor' ? `apps/${name}` : `packages/${name}`)

/**
 * One block per package: imports of Graft packages that are not below it are errors. Tests are held to the same rule.
 */
function boundary(name) {
  const forbidden = [...layers, 'tests'].filter((other) => other !== name && !mayImport[name].includes(other))
  return {
    name: `boundaries/${name}`,
    files: [`${folderOf(name)}/src/**/*.{ts,tsx}`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: forbidden.flatMap((other) => [`@graft/${other}`, `@graft/${other}/*`]),
              message: `${name} may import only: ${mayImport[name].join(', ') || 'no other Graft package'}.`,
            },
            {
              group: ['**/packages/*', '**/apps/*', '../../../../*'],
              message: 'Import other packages by name, not by path.',
            },
          ],
        },
      ],
    },
  }
}

/**
 * Packages that also run in a browser: no Node built-ins outside files that say so by name, and no tensor library as a
 * value.
 */
const browserSafe = {
  name: 'boundaries/browser-safe',
  files: ['packages/errors/src/**/*.ts', 'packages/graph-schema/src/**/*.ts', 'packages/network/src/**/*.ts'],
  ignores: ['**/*.test.ts', '**/*-node.ts', '**/testing/**'],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: ['node:*'],
            message: 'This package runs in a browser. Put code for Node into a file named *-node.ts.',
          },
          {
            group: ['@tensorflow/*', 'onnxruntime-*'],
            message: 'No tensor library here; take it as an argument and import its types only.',
            allowTypeImports: true,
          },
        ],
      },
    ],
  },
}

/** Rules of our own. */
const graft = { rules: { floors: floorsRule } }

/**
 * The floors of the editor from the ground up, with the rooms inside a floor where there are some ('.': the floor's own
 * files). Each may import what stands before it in its list, never what stands after. Files beside the floors (App.tsx)
 * stand above all of them.
 */
const editorFloors = [
  { floor: 'ui', rooms: ['store', '.', 'lists', 'toasts'] },
  { floor: 'charts' },
  { floor: 'api', rooms: ['.', 'live'] },
  { floor: 'document', rooms: ['graph', 'commands', '.'] },
  { floor: 'layout' },
  { floor: 'page' },
  { floor: 'session' },
  { floor: 'run' },
  { floor: 'node-types' },
  { floor: 'commands', rooms: ['keys', 'lists', '.', 'dialogs'] },
  {
    floor: 'forms',
    rooms: ['fields', 'profile', 'network', 'upload', 'widgets', 'paths', 'choose-network', 'previews', '.'],
  },
  { floor: 'photos', rooms: ['graphs', '.'] },
  { floor: 'canvas', rooms: ['routing', 'projection', 'gestures', 'cards', 'view', '.'] },
  { floor: 'palette' },
  {
    floor: 'results',
    rooms: [
      'read',
      'explain',
      'cards',
      'pictures',
      'classification',
      'multi-label',
      'repeat',
      'search',
      'advice',
      'views',
      'try-it',
      '.',
    ],
  },
  { floor: 'look' },
  { floor: 'run-panel' },
  { floor: 'history-compare' },
  { floor: 'tour' },
  { floor: 'start' },
  { floor: 'shell' },
]

/** The runner's folders from the ground up, likewise. Rooms without a list have no order. */
const runnerFloors = [
  'version.ts',
  'home.ts',
  'text',
  'store',
  'database',
  'cache',
  'graphs',
  'executor',
  'engines',
  'plugins',
  'exporting',
  'checkpoints',
  'remote',
  'process',
  'runs',
  'helper',
  {
    floor: 'server',
    rooms: ['options', 'security', 'http', 'services', 'live', 'images', 'data', 'machines', 'routes', '.'],
  },
  'worker',
  'cli',
  'testing',
].map((floor) => (typeof floor === 'string' ? { floor, rooms: 'any' } : floor))

/** The floors of the nodes package, likewise. */
const nodesFloors = [
  'random.ts',
  'sdk',
  'image',
  'transforms',
  'sample-data',
  'image-files',
  'loader',
  'downloads',
  'catalogue',
  'hubs',
  'backbones',
  'report',
  'exporting',
  'library',
  'program',
  'torch',
  'templates',
  'testing',
].map((floor) => ({ floor, rooms: 'any' }))

/**
 * The floors of the engines package, likewise. What stands up to core.ts runs in a browser as well (`enginesCore`);
 * engines and Node's host stand above it.
 */
const enginesFloors = [
  'metrics',
  { floor: 'solver', rooms: ['matrix', 'features', 'logistic', 'validation', 'heads', 'studies', '.'] },
  'optimizers',
  'engine.ts',
  'host',
  'engine-support',
  'tasks',
  'measuring',
  'choice',
  'training',
  'core.ts',
  'tfjs',
  'onnx',
  'exported',
  'engines.ts',
  'node',
  'testing',
  'conformance',
].map((floor) => (typeof floor === 'string' ? { floor, rooms: 'any' } : floor))

const coreFloors = enginesFloors.slice(0, enginesFloors.findIndex(({ floor }) => floor === 'core.ts') + 1)

/** The core of the engines: no Node and no tensor library; what it needs of either comes in as a `Host` or an `Engine`. */
const enginesCore = {
  name: 'boundaries/core of the engines',
  files: coreFloors.map(({ floor }) => `packages/engines/src/${floor}${floor.endsWith('.ts') ? '' : '/**/*.ts'}`),
  ignores: ['**/*.test.ts', '**/testing/**'],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          { group: ['node:*'], message: 'The core runs in a browser. Ask the Host for it (host/host.ts).' },
          {
            group: ['@tensorflow/*', 'onnxruntime-*'],
            message: 'The core knows no tensor library; engines do.',
            allowTypeImports: true,
          },
        ],
      },
    ],
    'no-restricted-globals': ['error', 'Buffer', 'process', 'global', '__dirname', 'setImmediate'],
  },
}

/** No engine leans on another: what two of them need stands in engine-support. */
const enginesApart = ['tfjs', 'onnx'].map((engine) => ({
  name: `boundaries/${engine} apart from other engines`,
  files: [`packages/engines/src/${engine}/**/*.ts`],
  ignores: ['**/*.test.ts'],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: ['tfjs', 'onnx'].filter((other) => other !== engine).map((other) => `**/${other}/**`),
            message: 'No engine imports from another; what they share belongs into engine-support.',
          },
        ],
      },
    ],
  },
}))

/** The block that holds a package to its floors; tests may use those named by `testing` as well. */
const floorsOf = (root, floors, testing = []) => ({
  name: `boundaries/floors of ${root}`,
  files: [`${root}/**/*.{ts,tsx}`],
  plugins: { graft },
  rules: { 'graft/floors': ['error', { root, floors, testing }] },
})

export default tseslint.config(
  { name: 'ignored', ignores: ['**/dist/**', '**/node_modules/**', '**/graft-out/**', '.tmp/**', '**/*.d.ts'] },
  ...tseslint.configs.recommended,
  {
    name: 'house',
    files: ['**/*.ts', '**/*.tsx'],
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Use named exports: they can be searched for.' },
      ],
      eqeqeq: 'error',
    },
  },
  {
    // A promise is awaited, returned, or dropped on purpose with `void`.
    name: 'promises',
    files: ['packages/*/src/**/*.{ts,tsx}', 'apps/*/src/**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
    },
  },
  {
    name: 'what can not be missing is said with must(value, what)',
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.{ts,tsx}'],
    ignores: ['**/*.test.ts', '**/testing/**', 'packages/tests/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'error' },
  },
  {
    name: 'loops over pixels and weights: their bounds are beside them, and a call per number would be felt',
    files: [
      'packages/nodes/src/image/**/*.ts',
      'packages/nodes/src/transforms/**/*.ts',
      'packages/nodes/src/loader/prepare.ts',
      'packages/nodes/src/image-files/decode.ts',
      'packages/nodes/src/image-files/headers/jpeg-headers.ts',
      'packages/network/src/surgery/fold-batch-norm.ts',
      'packages/engines/src/solver/**/*.ts',
      'packages/engines/src/tasks/*/*-cross-entropy.ts',
      'packages/network/src/formats/keras-layers/converters/layer-converter.ts',
    ],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  // Suites that run over one kind of hostile input stay together.
  { name: 'long tests', files: ['**/*.test.ts'], rules: { 'max-lines': ['error', { max: 600 }] } },
  ...layers.map(boundary),
  floorsOf('apps/editor/src', editorFloors),
  floorsOf('apps/runner/src', runnerFloors, ['testing']),
  floorsOf('packages/nodes/src', nodesFloors, ['testing']),
  floorsOf(
    'packages/engines/src',
    enginesFloors,
    enginesFloors.map(({ floor }) => floor),
  ),
  enginesCore,
  ...enginesApart,
  browserSafe,
  {
    name: 'configuration files export defaults because their tools ask for it',
    files: ['*.config.ts', 'apps/editor/*.config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
)
