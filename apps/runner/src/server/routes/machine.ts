import { cpus, freemem, totalmem } from 'node:os'
import { engineInfoSchema } from '@graft/graph-schema'
import { z } from 'zod'
import { cacheSize } from '../../cache/clean-up.js'
import { version } from '../../version.js'
import type { Handlers } from '../http/register.js'
import type { Services } from '../services/services.js'

export function machineHandlers({ helpers, home, cacheLimits }: Services): Pick<Handlers, 'getEngines'> {
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
  }
}
