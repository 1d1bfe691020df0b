import type { Network, Tensors } from '@graft/network'
import type { Engine } from '../engine.js'
import * as training from '../training/index.js'
import type {
  Features,
  FeaturesOptions,
  FitOptions,
  FitResult,
  FitSession,
  FreezeProofEntry,
  ImageSource,
  PredictOptions,
  SweepOptions,
  SweepResult,
} from '../training/index.js'
import { nodeHost } from './node-host.js'

/** `training/fit.ts` in a process of Node: features are kept in the directory that `cacheDirectory` names. */
export const fit = (options: FitOptions): Promise<FitResult> => training.fit(options, nodeHost)

/** `training/fit-session.ts` in a process of Node. */
export const openSession = (options: FitOptions): Promise<FitSession> => training.openSession(options, nodeHost)

/** `training/sweep.ts` in a process of Node. */
export const sweep = (options: SweepOptions): Promise<SweepResult> => training.sweep(options, nodeHost)

/** `training/features-of.ts` in a process of Node. */
export const featuresOf = (
  network: Network,
  tensors: Tensors,
  source: ImageSource,
  layers: readonly string[],
  options: FeaturesOptions,
): Promise<Features> => training.featuresOf(network, tensors, source, layers, options, nodeHost)

/** `training/predict-logits.ts` in a process of Node. */
export const predictLogits = (
  engine: Engine,
  network: Network,
  tensors: Tensors,
  source: ImageSource,
  options: PredictOptions = {},
): Promise<{ logits: Float32Array; classes: number }> =>
  training.predictLogits(engine, network, tensors, source, options, nodeHost)

/** `training/freeze-proof.ts` with Node's sha256. */
export const freezeProof = (network: Network, before: Tensors, after: Tensors): FreezeProofEntry[] =>
  training.freezeProof(network, before, after, nodeHost.hashes)

/** `training/features/prefix-key.ts` with Node's sha256. */
export const prefixKey = (prefix: Network, tensors: Tensors, engine: Engine): Promise<string> =>
  training.prefixKey(prefix, tensors, engine, nodeHost.hashes)

/** sha256 in hex over all parameters: name, shape and float32 bytes of each, in name order. */
export const weightsHash = (tensors: Tensors): string => nodeHost.hashes.weights(tensors)
