import type { FileValue } from '@graft/graph-schema'
import { writeZip } from '@graft/network'
import { z } from 'zod'
import { defineNode } from '../../sdk/define-node.js'
import { NodeError } from '../../sdk/node-error.js'
import { filePort, modelPort } from '../../sdk/ports.js'
import { trainBefore } from './train-before.js'

export const exportProgram = defineNode({
  type: 'export-program',
  version: 1,
  // Raised when the same graph gives other files; those of before are then not taken for its own.
  revision: 3,
  title: 'Export Program',
  category: 'Output',
  keywords: ['pytorch', 'torch', 'python', 'torchrun', 'code', 'gpu'],
  doc: `Writes the graph as a PyTorch program: network, data, training, evaluation and prediction, as a small project that needs no Graft.
Connect it to the last Train. The program begins where the graph begins and takes the same steps: same split, order, augmentation, freezing and rates; it runs on one GPU, or on many under \`torchrun\`. Its README says where each node went. What can't be written as a program is refused by name.`,
  inputs: { model: modelPort('A trained network: the program is of the Train that it comes from.') },
  outputs: { program: filePort('The program, as a zip file.', { title: 'Program' }) },
  isOutput: true,
  readsDocument: true,
  params: z.strictObject({
    name: z
      .string()
      .regex(/^[\w.-]{0,80}$/, 'Expected letters, digits, dots, dashes and underscores')
      .default('program')
      .meta({ title: 'File name', description: 'Of the zip file and the folder in it, without its extension.' }),
    library: z.boolean().default(false).meta({
      title: "A library's constructor",
      description:
        "The network is made by torchvision's or timm's constructor and its weights have their names, where it is exactly one of theirs; where it is not, the reason is said. Off: its layers are written out.",
    }),
  }),
  async run({ params, context }): Promise<{ program: FileValue }> {
    if (context.program === undefined)
      throw new NodeError(
        null,
        'Another machine runs this graph, and only the one that has it writes its program.',
        'Run the graph there, or call "graft export-program".',
      )
    const train = trainBefore(context.document, context.nodeId)
    if (train === null)
      throw new NodeError('model', 'No Train is behind this network.', 'Connect the model of the last Train.')
    const { files, remarks } = await context.program({ train, byLibrary: params.library })
    for (const message of remarks) context.emit({ type: 'log', level: 'info', message })
    const name = params.name || 'program'
    const bytes = writeZip([...files].map(([path, content]) => ({ name: `${name}/${path}`, bytes: content })))
    return { program: { kind: 'file', blob: await context.store.put(bytes, 'application/zip', `${name}.zip`) } }
  },
})
