import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EngineError, type Forward, type ForwardOptions } from '@graft/engines'
import { isGraftError } from '@graft/errors'
import { type Network, writeSafetensors } from '@graft/network'
import { modelFile } from '../../program/network/model-file.js'
import { stateDict, torchNetwork, type TorchNetwork } from '../../program/network/torch-network.js'
import { ForwardServer } from './forward-server.js'

const servers = new Map<string, ForwardServer>()
let sessions = 0

/**
 * Forward passes of a network in a Python that all sessions of this process share: the `model.py` and the weights of
 * its program, on images that come from here. Throws EngineError for what PyTorch has no words for.
 */
export async function openTorchForward(
  network: Network,
  { tensors, outputs = [network.output], threads }: ForwardOptions,
  { python, device }: { readonly python: string; readonly device: string },
): Promise<Forward> {
  if (outputs.length !== 1 || outputs[0] !== network.output)
    throw new EngineError('Its networks give their last value only, not those in between.', 'Choose another engine.')
  const torch = written(network)
  const folder = await mkdtemp(join(tmpdir(), 'graft-forward-'))
  const id = sessions++
  const server = serverFor(python, threads ?? 1)
  try {
    await writeFile(join(folder, 'model.py'), modelFile(torch))
    await writeFile(join(folder, 'weights.safetensors'), writeSafetensors(stateDict(torch, tensors)))
    await server.ask({ do: 'open', id, folder, device })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return {
    run: async ({ shape, data }) => {
      const batch = await server.ask({ do: 'run', id, shape }, data)
      return batch === null ? {} : { [network.output]: batch }
    },
    dispose: async () => {
      if (!server.ended) await server.ask({ do: 'close', id }).catch(() => undefined)
    },
  }
}

function serverFor(python: string, threads: number): ForwardServer {
  const key = `${python} ${threads}`
  const known = servers.get(key)
  if (known && !known.ended) return known
  const server = new ForwardServer(python, threads)
  servers.set(key, server)
  return server
}

function written(network: Network): TorchNetwork {
  try {
    return torchNetwork(network)
  } catch (error) {
    if (!isGraftError(error) || error.code === 'internal') throw error
    throw new EngineError(error.message, error.fix, { cause: error })
  }
}
