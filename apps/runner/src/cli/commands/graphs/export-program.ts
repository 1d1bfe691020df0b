import { readdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Command } from 'commander'
import { exportProgram } from '../../../exporting/export-program.js'
import { writeAtomically } from '../../../store/write-atomically.js'
import { formatBytes, oneLine } from '../../../text/format-values.js'
import { applySettings, collect } from '../../apply-settings.js'
import { checkOutputFolder, makeFolder } from '../../check-output-folder.js'
import { callError } from '../../cli-error.js'
import { leftByRun } from '../runs/left-by-run.js'
import { loadGraph } from '../../load-graph.js'
import type { Surroundings } from '../../surroundings.js'
import { withPlugins } from '../../with-plugins.js'

interface ExportFlags {
  readonly set: readonly string[]
  readonly out: string
  readonly train?: string
  readonly force?: boolean
  readonly fromRun?: string
  readonly library?: boolean
}

/** `graft export-program`: a graph as a PyTorch project that needs no Graft. */
export function exportProgramCommand(around: Surroundings): Command {
  return new Command('export-program')
    .description('Write a graph as a PyTorch program that needs no Graft')
    .argument('<graph>', 'path of a *.graft.json file, or name of a template')
    .requiredOption('--out <folder>', 'folder for the program')
    .option('--set <node.param=value>', 'change a parameter first; can be given more than once', collect, [])
    .option('--train <node>', 'the Train whose network the program gives; needed where the graph has several last ones')
    .option(
      '--from-run <run>',
      'go on where this unfinished run is: id, its last characters, or "last"; then "train.py --resume"',
    )
    .option(
      '--library',
      "model.py calls torchvision's or timm's constructor, where the network is exactly one of theirs",
    )
    .option('--force', 'write into a folder that has files already')
    .action((given: string, flags: ExportFlags) => writeTo(given, flags, around))
}

async function writeTo(
  given: string,
  { out, set, train, force, fromRun, library: byLibrary }: ExportFlags,
  around: Surroundings,
): Promise<void> {
  const { document: loaded, base } = await loadGraph(given, around)
  const document = applySettings(loaded, set)
  const folder = resolve(out)
  await checkOutputFolder(folder)
  if (!force && (await readdir(folder).catch(() => [])).length > 0)
    throw callError('out-folder', `There are files in "${folder}" already.`, 'Give an empty folder, or --force.')
  const { library } = await withPlugins(around)
  const { files, remarks } = await exportProgram(
    {
      ...{ document, base },
      ...(train !== undefined && { last: train }),
      ...(byLibrary && { byLibrary }),
      ...(fromRun !== undefined && { left: await leftByRun(fromRun) }),
    },
    library,
  )
  for (const [path, bytes] of files) {
    await makeFolder(dirname(join(folder, path)))
    await writeAtomically(join(folder, path), bytes)
  }
  const size = [...files.values()].reduce((sum, bytes) => sum + bytes.byteLength, 0)
  const lines = [
    `wrote ${folder} (${files.size} files, ${formatBytes(size)}); README.md says how to use it`,
    ...remarks.map((remark) => `  ${remark}`),
  ]
  process.stdout.write(lines.map((line) => `${oneLine(line)}\n`).join(''))
}
