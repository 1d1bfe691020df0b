const packages = [
  '@tensorflow/tfjs-node-gpu',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-backend-wasm',
]

/**
 * The versions of TensorFlow.js that are installed, and the Node.js that would load them; from their package.json
 * files, so within milliseconds.
 */
export async function installedTensorFlow(): Promise<string> {
  const { createRequire } = await import('node:module')
  const require = createRequire(import.meta.url)
  const found = packages.map((name) => `${name} ${versionOf(name, require)}`)
  return [...found, `Node.js ${process.version}`].join('; ')
}

function versionOf(name: string, require: (path: string) => unknown): string {
  try {
    const { version } = require(`${name}/package.json`) as { readonly version?: unknown }
    return String(version)
  } catch {
    return 'missing'
  }
}
