import type { Hub } from './hub.js'
import { huggingFaceHub, timmHub } from './hugging-face.js'
import { tfjsHub } from './tfjs.js'
import { torchvisionHub } from './torchvision.js'

/** Every place where networks have names, in the order in which messages list them. */
export const hubs: readonly Hub[] = [torchvisionHub, timmHub, huggingFaceHub, tfjsHub]

/** A name with its hub. */
export interface NamedModel {
  readonly hub: Hub
  readonly name: string
}

/** What `torchvision:resnet50` or `timm/resnet18.a1_in1k` names; null when it is no name of a hub. */
export function parseName(source: string): NamedModel | null {
  const [, prefix, name] = /^([a-z]+)[:](?!\/\/)(.+)$/.exec(source) ?? /^(timm)\/([^/]+)$/.exec(source) ?? []
  const hub = hubs.find((candidate) => candidate.prefix === prefix)
  return hub === undefined || name === undefined ? null : { hub, name }
}
