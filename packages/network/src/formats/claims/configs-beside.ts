import type { ModelFiles } from '../model-files.js'
import { neighbourFiles } from './neighbours.js'

const mostBytes = 2 ** 20

/**
 * What the files `config.json` say that belong to a file of weights, the nearest first; those that are too large or no
 * JSON are left out.
 * @param file name of the file of weights
 */
export async function configsBeside(files: ModelFiles, file: string): Promise<readonly unknown[]> {
  const configs: unknown[] = []
  for (const beside of neighbourFiles(file, files.above).toReversed()) {
    if (beside.split('/').at(-1) !== 'config.json') continue
    if (!(await files.has(beside)) || (await files.size(beside)) > mostBytes) continue
    try {
      configs.push(JSON.parse(new TextDecoder().decode(await files.read(beside))))
    } catch {
      // Another file of that name, which is none of our business.
    }
  }
  return configs
}
