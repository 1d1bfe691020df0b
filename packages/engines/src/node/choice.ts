import { availableParallelism } from 'node:os'
import type { Network } from '@graft/network'
import * as choice from '../choice/index.js'
import type { ChooseOptions, ChosenEngines, EngineChoice, EngineWish, SelectedEngines } from '../choice/index.js'
import type { Engine } from '../engine.js'
import { engines } from '../engines.js'

/** `choice/select-engines.ts` among the engines of this build. */
export const selectEngines = (
  wish: EngineChoice | EngineWish,
  available: readonly Engine[] = engines,
): Promise<SelectedEngines> => choice.selectEngines(wish, available)

/** `choice/choose-engines.ts` among the engines of this build, on this machine. */
export const chooseEngines = (
  wish: EngineWish,
  network: Network,
  options: Omit<ChooseOptions, 'available' | 'cores'> & Partial<ChooseOptions>,
): Promise<ChosenEngines> =>
  choice.chooseEngines(wish, network, { available: engines, cores: availableParallelism(), ...options })

/** Whether a wish leaves anything to choose by measuring. */
export const isOpen = (wish: EngineWish, available: readonly Engine[] = engines): boolean =>
  choice.isOpen(wish, available)
