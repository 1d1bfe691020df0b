import type { NodeDefinition } from '../../sdk/define-node.js'
import { augment } from './augment.js'
import { fold } from './fold.js'
import { imageFolder } from './image-folder.js'
import { imageTable } from './image-table.js'
import { number } from './number.js'
import { sampleData } from './sample-data.js'
import { split } from './split.js'

/** The nodes of the group Data, in the order of the palette. */
export const dataNodes: readonly NodeDefinition[] = [imageFolder, imageTable, sampleData, split, fold, augment, number]
