import type { ProgramPhase, ProgramPlan } from '../plan/program-plan.js'

/** `README.md`: how to use the program, and where each part of the graph went. */
export function readmeFile(
  plan: ProgramPlan,
  document: {
    readonly nodes: Readonly<Record<string, { readonly type: string; readonly title?: string | undefined }>>
  },
  /** The library whose constructor makes the network, and what it calls it. */
  made?: { readonly library: string; readonly name: string },
): string {
  const rows = Object.entries(document.nodes).map(
    ([id, { type, title }]) => `| ${plain(title ?? id)} | ${plain(type)} | ${plain(placeOf(plan, id, type))} |`,
  )
  return `# ${plain(plan.title)}

A PyTorch program that trains, measures and uses an image classifier for ${counted(plan.classes.length, 'class', 'classes')}. It needs Python 3.9 or newer, PyTorch (1.13 to 2.13 were tested), ${made === undefined ? '' : `${made.library}, `}NumPy and Pillow.

\`\`\`sh
pip install -r requirements.txt
python train.py                                   # runs/trained.safetensors, runs/metrics.jsonl
python train.py --resume                          # continues where it was stopped
torchrun --nproc_per_node 4 train.py              # the same training on four GPUs: the same batches, order and learning rates
python train.py --precision bfloat16 --channels-last --compile --workers 8   # fast on a GPU
python train.py --parts 4                         # each batch in four parts, whose gradients add up: less memory, the same steps
python evaluate.py                                # scores, and runs/NAME.csv with the answer for every image
python predict.py photo.jpg folder --out predictions.csv
\`\`\`

Images are read from \`${plan.images}\`; \`--images\` names another folder with the same files.

## Files

| file | what it is |
|---|---|
| \`settings.py\` | every number: classes, preprocessing, phases, evaluations |
| \`model.py\` | ${made === undefined ? 'the network, one class for each stage' : `the network, ${made.name} of ${made.library}, and its stages`} |
| \`weights.safetensors\` | its weights at the start${made === undefined ? '' : namesOf(made.library)} |
| \`data/*.csv\` | the samples of each part: path, label, and a number that draws its augmentation |
| \`data.py\`, \`images.py\`, \`readers.py\`, \`rng.py\` | reading, resizing as Pillow does, order and batches from the seed |
| \`geometry.py\`, \`colours.py\`, \`policies.py\` | augmentation, as far as it is used |
| \`task.py\` | labels, loss, metrics and answers |
| \`train.py\`, \`training.py\`, \`freezing.py\`, \`folding.py\`, \`inputs.py\`, \`memory.py\`, \`schedules.py\`, \`soup.py\`, \`processes.py\`, \`checkpoints.py\` | the training |
${headRow(plan)}| \`evaluate.py\`, \`predict.py\` | measuring the trained network, and using it |

## Where each part of the graph went

| node | type | place |
|---|---|---|
${rows.join('\n')}

## Phases

${plan.phases.map(phaseText).join('\n')}

The learning rate is set for every step. The same seed gives the same order of images for any number of processes, and what is frozen is compared bit for bit after each phase.
With \`--parts\`, batch normalisations that follow the batches follow the parts instead, which is another training; the others are the same to rounding.
${plan.phases.some(({ soup }) => soup > 0) ? `${soupText}\n` : ''}Stages that stay as they are run once per image (and view of it) and their results are kept in memory, up to \`--keep-features\` bytes.

## What differs from the graph

${plan.remarks.map((remark) => `- ${remark}`).join('\n')}
- Sums are computed in a different order, so losses agree to about six digits at first and slowly drift apart over many steps.
`
}

/** What is written where epochs are joined. */
const soupText =
  'A phase that joins epochs ends with the mean of the weights of its best ones, as far as that does better: `runs/trained.safetensors` holds the mean alone, the event `joined` in `runs/metrics.jsonl` names the epochs, and `runs/checkpoint.safetensors` holds the weights of each that may still be joined (`soup/EPOCH/NAME`).'

/** What files of weights have and lack where a library makes the network. */
const namesOf = (library: string): string =>
  `. These and those in \`runs\` have ${library}'s names and no description of the network: classes and preprocessing are only in \`settings.py\``

/** Row of the files that compute heads, where there are any. */
function headRow({ phases }: ProgramPlan): string {
  const methods = [...new Set(phases.flatMap(({ head }) => head?.method ?? []))]
  if (methods.length === 0) return ''
  const names = ['heads', ...methods].map((name) => `\`${name}.py\``)
  return `| ${names.join(', ')} | heads that are computed at once |\n`
}

const counted = (count: number, one: string, several: string): string => `${count} ${count === 1 ? one : several}`

/** A person's own words, on one line and in one cell of a table. */
const plain = (words: string): string => words.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|')

function phaseText(phase: ProgramPlan['phases'][number]): string {
  const learns =
    phase.frozen.length === 0 ? 'everything learns' : `frozen: ${phase.frozen.map((name) => `\`${name}\``).join(', ')}`
  if (phase.head !== null)
    return `- **${plain(phase.name)}**: computes \`${phase.head.layer}\` at once, without steps: ${headWords[phase.head.method]}.`
  const rate = `${phase.optimizer.name} with a learning rate of ${phase.learningRate} (schedule: ${phase.schedule.name})`
  return `- **${plain(phase.name)}**: ${counted(phase.epochs, 'epoch', 'epochs')} in batches of ${phase.batchSize}, ${rate}; ${learns}.`
}

/** What computes a head, in half a sentence. */
const headWords: Readonly<Record<NonNullable<ProgramPhase['head']>['method'], string>> = {
  solver: 'the best weights of a penalised logistic regression',
  least_squares: 'the mean of least squares under many penalties, each by how well it explains the images',
  class_means: 'each image to the nearest mean of a class',
  nearest_neighbours: 'it holds the training images, whose nearest ones vote',
}

const places: Readonly<Record<string, string>> = {
  split: 'rows of `data/*.csv`',
  'image-folder': 'rows of `data/*.csv`',
  'image-table': 'rows of `data/*.csv`',
  'sample-data': 'rows of `data/*.csv`, images in `images`',
  augment: '`augmentation` of a phase in `settings.py`',
  'load-backbone': '`model.py`, `weights.safetensors`, `PREPROCESSING` in `settings.py`',
  'image-input': '`model.py`, `PREPROCESSING` in `settings.py`',
  'strip-head': '`model.py`',
  'add-head': '`model.py`, `weights.safetensors`',
  'add-adapters': '`model.py`, `weights.safetensors`',
  reinitialize: '`weights.safetensors`, or `weights` of a phase in `settings.py`',
  'freeze-range': '`frozen` and `batch_statistics` of a phase in `settings.py`',
  'find-learning-rate': '`learning_rate` of a phase in `settings.py`',
  predict: '`predict.py`',
}

function placeOf(plan: ProgramPlan, id: string, type: string): string {
  const phase = plan.phases.find(({ node }) => node === id)
  if (phase !== undefined) return `phase "${phase.name}" in \`settings.py\``
  const evaluation = plan.evaluations.find(({ node }) => node === id)
  if (evaluation !== undefined) return `evaluation "${evaluation.name}" in \`settings.py\`, \`evaluate.py\``
  return places[type] ?? 'not part of the program'
}
