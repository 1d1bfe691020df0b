// Writes generator images for pretrain.py:  node dump-samples.mjs FAMILY SEED FIRST_INDEX PER_CLASS OUT
// (after `npm run build`) makes OUT.images (uint8, images x 64 x 64 x 3), OUT.labels (uint8) and OUT.json (class
// names).
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { findSampleFamily, renderSample } from '../../dist/sample-data/index.js'

const [family, seed, firstIndex, perClass, out] = process.argv.slice(2)
if (out === undefined) throw new Error('usage: node dump-samples.mjs FAMILY SEED FIRST_INDEX PER_CLASS OUT')

const { classNames } = findSampleFamily(family)
const labels = []
const images = openSync(`${out}.images`, 'w')
for (let offset = 0; offset < Number(perClass); offset++) {
  for (let classIndex = 0; classIndex < classNames.length; classIndex++) {
    writeSync(images, renderSample(family, classIndex, Number(firstIndex) + offset, Number(seed), 64))
    labels.push(classIndex)
  }
}
closeSync(images)
writeFileSync(`${out}.labels`, Uint8Array.from(labels))
writeFileSync(`${out}.json`, JSON.stringify({ family, seed: Number(seed), size: 64, classNames }))
