import { existsSync } from 'node:fs'
import type { Engine, EngineInfo } from '../engine.js'
import { engineName } from '../engine.js'
import { engines } from '../engines.js'
import { createTfjsEngine } from '../tfjs/tfjs-engine.js'

/** An engine that is here and can be tested, or one that is not, and why. */
export interface EngineUnderTest {
  readonly name: string
  readonly engine: Engine
  readonly info: EngineInfo
  /** Is it in the list, or a further form of one that is? */
  readonly listed: boolean
}

// Where there is no GPU, Chromium's software Vulkan stands in: slow, but it computes the same programs.
const software = '/usr/lib/chromium/vk_swiftshader_icd.json'
if (process.platform === 'linux' && !existsSync('/dev/dri') && existsSync(software))
  process.env['VK_ICD_FILENAMES'] ??= software

/** Further forms of engines in the list, which the machine at hand doesn't choose by itself. */
const forms: readonly Engine[] = [createTfjsEngine({ backend: 'cpu' })]

/** Every engine of the list and its further forms, probed. */
export const enginesUnderTest: readonly EngineUnderTest[] = await Promise.all(
  [...engines, ...forms].map(async (engine) => {
    const info = await engine.probe()
    return {
      name: info.backend === engine.device ? engineName(engine) : `${engine.id} (${info.backend})`,
      engine,
      info,
      listed: engines.includes(engine),
    }
  }),
)

/** Those that train here. */
export const trainersUnderTest = enginesUnderTest.filter(({ info }) => info.available && info.trains)

for (const { name, info } of enginesUnderTest)
  if (!info.available)
    console.log(`Skipped: ${name} is not tested here, since ${info.problem ?? 'it is not available'}`)
