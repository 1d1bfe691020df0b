import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Home } from '../../home.js'
import { writeAtomically } from '../../store/write-atomically.js'
import { sdkModule } from '../host/launch.js'

/** Where plugins are kept: `NAME/` is the plugin (or a link to it), `NAME.json` says what was approved. */
export function pluginsFolder(home: Pick<Home, 'root'>): string {
  return join(home.root, 'plugins')
}

/**
 * Makes a folder one in which plugins find the SDK: modules look for `@graft/nodes` in the node_modules beside their
 * own folder, and `.js` files without a package.json are ES modules. (A loader hook would need a thread, which the
 * permission model denies.)
 */
export async function preparePluginsFolder(folder: string): Promise<void> {
  const sdk = join(folder, 'node_modules', '@graft', 'nodes')
  await writeWhenChanged(join(folder, 'package.json'), `${JSON.stringify({ private: true, type: 'module' })}\n`)
  await writeWhenChanged(
    join(sdk, 'package.json'),
    `${JSON.stringify({ name: '@graft/nodes', type: 'module', exports: { './sdk': './sdk.js' } })}\n`,
  )
  await writeWhenChanged(join(sdk, 'sdk.js'), `export * from ${JSON.stringify(pathToFileURL(sdkModule()).href)}\n`)
}

async function writeWhenChanged(path: string, content: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => null)) !== content) await writeAtomically(path, content)
}
