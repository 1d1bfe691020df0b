import type { Engine, Forward } from '../../engine.js'
import type { OpenedForward } from '../opening/open-forward.js'
import type { FeatureStore } from '../../host/feature-store.js'

/** The frozen part of a network: what computes features, and where they are kept. */
export interface FrozenPass {
  /** Layer whose value is the feature. */
  readonly boundary: string
  /** Shape of a feature as the suffix expects it, without the batch axis. */
  readonly shape: readonly number[]
  /**
   * Opened when the first image has to go through it: where every feature is found, nothing is. From then on `store`
   * may be another one.
   */
  forward(): Promise<Forward>
  /**
   * Features of the engine that is asked first; once the frozen part is open, of the one that runs it, because features
   * of two engines are not the same.
   */
  readonly store: FeatureStore | null
  dispose(): Promise<void>
}

export interface FrozenPassOptions extends Pick<FrozenPass, 'boundary' | 'shape'> {
  /** The engine that `open` asks first. */
  readonly engine: Engine
  readonly open: () => Promise<OpenedForward>
  /** Opens what is kept of an engine's features; null: nothing is. */
  readonly openStore: ((engine: Engine) => Promise<FeatureStore>) | null
}

export async function createFrozenPass({
  boundary,
  shape,
  engine,
  open,
  openStore,
}: FrozenPassOptions): Promise<FrozenPass> {
  let store = openStore && (await openStore(engine))
  let opened: Promise<OpenedForward> | null = null

  async function openOnce(): Promise<OpenedForward> {
    const found = await open()
    if (openStore && found.engine !== engine) {
      await store?.close()
      store = await openStore(found.engine)
    }
    return found
  }

  return {
    boundary,
    shape,
    forward: async () => (await (opened ??= openOnce())).forward,
    get store() {
      return store
    },
    dispose: async () => {
      try {
        const found = await opened?.catch(() => null)
        await found?.forward.dispose()
      } finally {
        await store?.close()
      }
    },
  }
}
