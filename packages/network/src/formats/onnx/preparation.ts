import { classifierHead } from '../../head.js'
import type { Head, Network, Preprocessing } from '../../network.js'
import type { PreprocessingOrigin } from '../../preprocessing-origin.js'
import { scalingNamed } from '../../preprocessing/scalings.js'
import { claimOfKerasFamily } from '../claims/keras-families.js'
import { claimOfMetadata } from '../claims/onnx-metadata.js'
import { originOfTorchvision } from '../claims/torchvision-names.js'
import type { GraftMetadata } from '../graft-metadata.js'
import { classLabels } from './import/prune-graph.js'
import type { OnnxModel } from './onnx-model.js'

/** What is known of a network when its graph has been read. */
interface KnownFacts {
  readonly fileName: string
  readonly height: number
  readonly width: number
  /** How many outputs it has; undefined when it ends in no vector. */
  readonly classes: number | undefined
}

/** As the file says, in Graft's words or its maker's; else what is most common. */
export function preparationOf(
  { metadata: props, producerName, graph }: OnnxModel,
  { preprocessing, preprocessingOrigin }: GraftMetadata,
  { fileName, height, width, classes }: KnownFacts,
): Pick<Network, 'preprocessing'> & { readonly preprocessingOrigin: PreprocessingOrigin } {
  if (preprocessing !== null) return { preprocessing, preprocessingOrigin: preprocessingOrigin ?? ownWords }
  const usual: Preprocessing = {
    height,
    width,
    resize: 'crop',
    cropFraction: 0.875,
    interpolation: 'bilinear',
    ...scalingNamed('imagenet'),
  }
  const claim = claimOfMetadata(props)
  if (claim !== null)
    return {
      preprocessing: { ...usual, ...claim.preprocessing },
      preprocessingOrigin: { how: 'metadata', reason: claim.reason ?? 'its metadata says so', certain: true },
    }
  const ofTorchvision = /pytorch/i.test(producerName) ? originOfTorchvision(namesIn(graph), classes) : null
  const ofKeras = /tf2onnx|keras/i.test(producerName) ? claimOfKerasFamily([graph.name, fileName], false) : null
  return ofKeras === null
    ? { preprocessing: usual, preprocessingOrigin: ofTorchvision ?? unsaid }
    : { preprocessing: { ...usual, ...ofKeras.scaling }, preprocessingOrigin: ofKeras.origin }
}

const namesIn = ({ nodes, initializers }: OnnxModel['graph']): readonly string[] =>
  [...nodes, ...initializers].map(({ name }) => name)

const ownWords: PreprocessingOrigin = { how: 'file', reason: 'its own file says so', certain: true }
const unsaid: PreprocessingOrigin = {
  how: 'assumed',
  reason: 'nothing says how images were prepared; what is most common is assumed',
  certain: false,
}

/** Class names, where the file has as many as there are classes: Graft's, its maker's, or those that its graph gives. */
export function headOf(model: OnnxModel, { head }: GraftMetadata, classes: number | undefined): Head | null {
  if (head?.names.length === classes) return head
  const known = [claimOfMetadata(model.metadata)?.classNames ?? [], classLabels(model.graph) ?? []]
  const names = known.find((list) => list.length === classes)
  return names === undefined ? null : classifierHead(names)
}
