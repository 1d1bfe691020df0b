// Runs every input of ../shared/cases by its README and prints what came of it: a table of results and messages.
//   node packages/tests/dist/acceptance/shared-cases.js
// Skips with a line when the folder is not there.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const cases = process.env.GRAFT_CASES ?? join(root, '../shared/cases')
const graft = join(root, 'apps/runner/bin/graft.mjs')

const backbone = (source: string): readonly string[] => [
  ...['run', join(cases, 'backbone_to_export.graft.json'), '--set', `backbone.source=${join(cases, source)}`],
  ...['--to', 'backbone'],
]
const photos = (folder: string, ...more: readonly string[]): readonly string[] => [
  ...['run', 'photos', '--set', `images.path=${join(cases, folder)}`, ...more, '--to', 'split'],
]

/** Input, with what is to be seen in what is said of it. */
const inputs: readonly (readonly [name: string, words: readonly string[], said: RegExp])[] = [
  ['kaggle_flat_test', photos('kaggle_flat_test'), /test/i],
  ['intel_seg_train', photos('intel_seg_train'), /train/i],
  ['roboflow_csv', photos('roboflow_csv'), /train|table|csv/i],
  ['symlinked_classes', photos('symlinked_classes'), /followLinks|links/i],
  ['classes_differ_in_case', photos('classes_differ_in_case'), /case/i],
  ['groups', photos('groups', '--set', 'images.groupBy=^patient(.)'), /matches|group/i],
  ['formats', photos('formats'), /Scientific|values/i],
  ['formats, with a rule', photos('formats', '--set', 'images.values=own range'), /are scaled/],
  ...[
    ['onnx/torch_default_export/resnet.onnx', /Pixels/],
    ['onnx/two_exports_one_folder', /such as/],
    ['onnx/two_exports_one_folder/a.onnx', /Pixels/],
    ['onnx/norm255.onnx', /raw values 0\.\.255/],
    ['onnx/norm01.onnx', /scaled to 0\.\.1/],
    ['onnx/yolo.onnx', /Pixels/],
    ['onnx/matlab.onnx', /Pixels/],
    ['onnx/tf2.onnx', /Pixels/],
    ['onnx/hf_with_preprocessor_config', /preprocessor_config/],
    ['tfjs/resnet50_tiny', /BGR/],
    ['tfjs/vgg16_tiny', /BGR/],
    ['tfjs/mobilenetv3_hardswish', /Pixels/],
    ['tfjs/tfjs_saved_name', /Pixels/],
    ['tfjs/padmax', /Pixels/],
    ['onnx/lfs.onnx', /Git LFS/],
    ['onnx/html.onnx', /web page/],
    ['onnx/cv.onnx', /Pixels/],
    ['onnx/h_featmap.onnx', /Pixels/],
    ['onnx/h_pooled.onnx', /Pixels/],
  ].map(([source, said]) => [source as string, backbone(source as string), said as RegExp] as const),
]

const telling = /^\s*(!|error|fix:)|Pixels:|are scaled|images of|Skipped/

function main(): void {
  if (!existsSync(cases))
    return void process.stdout.write(`skipped: there are no cases at ${cases} (set GRAFT_CASES)\n`)
  const home = mkdtempSync(join(tmpdir(), 'graft-cases-'))
  process.stdout.write('| input | exit | as expected | what is said |\n| --- | --- | --- | --- |\n')
  for (const [name, words, said] of inputs) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [graft, ...words], {
      encoding: 'utf8',
      env: { ...process.env, GRAFT_HOME: home, NO_COLOR: '1' },
    })
    const text = `${stdout}\n${stderr}`
    const lines = text
      .split('\n')
      .filter((line) => telling.test(line) && !/nothing comes out of it|was not run/.test(line))
    const shown = [...new Set(lines.map((line) => line.trim()))].join(' ').replaceAll('|', '/').slice(0, 420)
    const isRight = said.test(text)
    process.stdout.write(`| ${name} | ${status} | ${isRight ? 'yes' : 'NO'} | ${shown} |\n`)
    if (!isRight) process.exitCode = 1
  }
  rmSync(home, { recursive: true })
}

main()
