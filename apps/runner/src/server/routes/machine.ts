import { cpus, freemem, totalmem } from 'node:os'
import type { Backbone } from '@graft/graph-schema'
import { engineInfoSchema } from '@graft/graph-schema'
import { z } from 'zod'
import { cacheSize } from '../../cache/clean-up.js'
import { version } from '../../version.js'
import { findModels } from '../data/find-models.js'
import type { Handlers } from '../http/register.js'
import type { Services } from '../services/services.js'

export function machineHandlers({
  helpers,
  home,
  roots,
  cacheLimits,
}: Services): Pick<Handlers, 'getEngines' | 'listBackbones'> {
  return {
    getEngines: async () => {
      const { engines } = await helpers.quick.ask('engines', {})
      const [processor] = cpus()
      return {
        engines: z.array(engineInfoSchema).parse(engines),
        machine: {
          version,
          node: process.version,
          platform: `${process.platform} ${process.arch}`,
          processor: processor?.model ?? 'unknown',
          cores: cpus().length,
          memoryTotal: totalmem(),
          memoryFree: freemem(),
          cacheBytes: await cacheSize(home),
          cacheLimit: cacheLimits.disk,
        },
      }
    },
    listBackbones: async () => {
      const { backbones } = await helpers.quick.ask('backbones', {})
      const files = (await findModels(roots.paths)).map(
        ({ path, title }): Backbone => ({ source: path, title, inputSize: null, parameters: null, licence: null }),
      )
      return { backbones: [...backbones, ...files] }
    },
  }
}
