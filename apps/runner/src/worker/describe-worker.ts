import { randomBytes } from 'node:crypto'
import { cpus, totalmem } from 'node:os'
import { engineInfoSchema } from '@graft/graph-schema'
import type { Worker } from '@graft/graph-schema'
import type { NodeDefinition } from '@graft/nodes'
import { everyEngine } from '../engines/every-engine.js'
import { isPluginNode } from '../executor/plan/plugin-node.js'
import { HelperProcess } from '../helper/helper-process.js'
import { version } from '../version.js'

/**
 * What this machine is, for a server. Engines are asked in a process of their own, because drivers crash. `device`:
 * only engines on it count, unless it is `auto`.
 */
export async function describeWorker(
  name: string,
  device: string,
  library: readonly NodeDefinition[],
  helperProgram: URL,
): Promise<Worker> {
  const helper = new HelperProcess(helperProgram)
  try {
    const found = (await helper.ask('engines', {})).engines.map((info) => engineInfoSchema.parse(info))
    const working = everyEngine().filter((engine, index) => found[index]?.available === true)
    const [processor] = cpus()
    const plugins = library.filter(isPluginNode).map(({ plugin }) => plugin)
    return {
      id: randomBytes(8).toString('hex'),
      name,
      version,
      platform: `${process.platform} ${process.arch}`,
      processor: processor?.model ?? 'unknown',
      cores: Math.max(1, cpus().length),
      memoryTotal: totalmem(),
      engines: working
        .filter((engine) => device === 'auto' || engine.device === device)
        .map((engine) => ({ id: engine.id, device: engine.device })),
      plugins: [...new Map(plugins.map((plugin) => [plugin.name, plugin])).values()].map((plugin) => ({
        name: plugin.name,
        version: plugin.version,
      })),
    }
  } finally {
    helper.stop()
  }
}
