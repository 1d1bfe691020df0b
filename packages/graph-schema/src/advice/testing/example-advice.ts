import type { AdvicePicture, AdviceValue, Estimate } from '../../values/advice/index.js'

const between = (value: number, low: number, high: number): Estimate => ({ value, low, high })
const picture = (id: string, label: number, otherLabel?: number): AdvicePicture => ({
  id,
  label,
  ...(otherLabel !== undefined && { otherLabel }),
  thumbnail: null,
})

const mobilenet = 'tfjs:mobilenet_v1_0.75_224'
const small = 'embedded:graftnet-64'

/** For tests: advice on 300 photos of flowers in five classes, from two networks. */
export const exampleAdvice: AdviceValue = {
  kind: 'advice',
  data: {
    name: 'flowers',
    folder: '/photos/flowers',
    classNames: ['daisy', 'dandelion', 'rose', 'sunflower', 'tulip'],
    countPerClass: [60, 60, 60, 60, 60],
    pictures: 300,
    sealed: 0,
    unlabelled: 0,
  },
  method: {
    folds: 5,
    repeats: 3,
    seconds: 14.2,
    engine: 'onnx',
    words:
      'Every image was recognised by heads that had not seen it: 5 parts, 3 times. The interval is where the accuracy on new images of the same kind lies in 95 of 100 cases.',
  },
  networks: [
    {
      ...{ id: mobilenet, title: 'mobilenet_0.75_224', source: mobilenet, parameters: 2_585_560, macs: 325_000_000 },
      ...{ inputSize: 224, classes: 1000, computed: 300, cached: 0, seconds: 6.1 },
    },
    {
      ...{ id: small, title: 'graftnet-64', source: small, parameters: 131_000, macs: 21_000_000 },
      ...{ inputSize: 64, classes: 64, computed: 300, cached: 0, seconds: 1.2 },
    },
  ],
  position: {
    network: mobilenet,
    perClass: { smallest: 60, middle: 60, largest: 60 },
    similarity: between(0.81, 0.72, 0.88),
    lines: { perClass: 200, similarity: 0.5 },
    size: 'small',
    likeness: 'similar',
    certain: true,
    how: 'The last stage alone tells these images nearly as well as all stages together, and the nearest images are mostly of the same class.',
    measures: [
      {
        name: 'lastStage',
        title: 'Last stage',
        value: between(0.86, 0.815, 0.895),
        note: 'A linear head on the last stage.',
      },
      {
        name: 'neighbours',
        title: 'Nearest neighbours',
        value: between(0.79, 0.74, 0.833),
        note: 'Images whose nearest images are mostly of their own class.',
      },
      {
        name: 'confidence',
        title: 'Confidence',
        value: between(0.54, 0.51, 0.57),
        note: 'How sure the network is with the classes that it knows.',
      },
    ],
  },
  profiles: [
    {
      network: mobilenet,
      pictures: 300,
      cuts: [
        {
          ...{
            stage: 'stem',
            probe: between(0.52, 0.462, 0.578),
            allStages: null,
            neighbours: between(0.41, 0.354, 0.468),
          },
          ...{ parameters: 6_000, macs: 51_000_000, millisecondsPerPicture: 3.1 },
        },
        {
          ...{ stage: 'stage1', probe: between(0.61, 0.552, 0.665), allStages: between(0.62, 0.562, 0.675) },
          ...{
            neighbours: between(0.48, 0.422, 0.538),
            parameters: 23_000,
            macs: 98_000_000,
            millisecondsPerPicture: 6,
          },
        },
        {
          ...{ stage: 'stage2', probe: between(0.7, 0.644, 0.75), allStages: between(0.71, 0.654, 0.759) },
          ...{
            neighbours: between(0.55, 0.492, 0.606),
            parameters: 90_000,
            macs: 148_000_000,
            millisecondsPerPicture: 9.1,
          },
        },
        {
          ...{ stage: 'stage3', probe: between(0.84, 0.793, 0.878), allStages: between(0.85, 0.804, 0.887) },
          ...{
            neighbours: between(0.7, 0.644, 0.75),
            parameters: 960_000,
            macs: 280_000_000,
            millisecondsPerPicture: 17.2,
          },
        },
        {
          ...{ stage: 'stage4', probe: between(0.86, 0.815, 0.895), allStages: between(0.875, 0.832, 0.908) },
          ...{
            neighbours: between(0.79, 0.74, 0.833),
            parameters: 1_830_000,
            macs: 324_000_000,
            millisecondsPerPicture: 20,
          },
        },
      ],
    },
    {
      network: small,
      pictures: 300,
      cuts: [
        {
          ...{ stage: 'stage5', probe: between(0.58, 0.522, 0.636), allStages: between(0.6, 0.542, 0.656) },
          ...{
            neighbours: between(0.45, 0.393, 0.508),
            parameters: 120_000,
            macs: 20_000_000,
            millisecondsPerPicture: 4,
          },
        },
      ],
    },
  ],
  candidates: [
    {
      ...{ id: `${mobilenet} all probe`, title: 'mobilenet_0.75_224, all stages, solver', network: mobilenet },
      ...{ features: 'all', cut: null, recipe: 'probe', accuracy: between(0.875, 0.832, 0.908), status: 'measured' },
      ...{ basis: 'Cross-validated on 300 images.', seconds: 8.4, modelBytes: 7_360_000, macs: 324_000_000 },
    },
    {
      ...{ id: `${mobilenet} last probe`, title: 'mobilenet_0.75_224, last stage, solver', network: mobilenet },
      ...{ features: 'last', cut: null, recipe: 'probe', accuracy: between(0.86, 0.815, 0.895), status: 'measured' },
      ...{ basis: 'Cross-validated on 300 images.', seconds: 6.8, modelBytes: 7_335_000, macs: 324_000_000 },
    },
    {
      ...{ id: `${mobilenet} stage3 probe`, title: 'mobilenet_0.75_224 up to stage3, solver', network: mobilenet },
      ...{
        features: 'last',
        cut: 'stage3',
        recipe: 'probe',
        accuracy: between(0.84, 0.793, 0.878),
        status: 'measured',
      },
      ...{ basis: 'Cross-validated on 300 images.', seconds: 5.9, modelBytes: 3_850_000, macs: 280_000_000 },
    },
    {
      ...{ id: `${small} last probe`, title: 'graftnet-64, last stage, solver', network: small },
      ...{ features: 'last', cut: null, recipe: 'probe', accuracy: between(0.58, 0.522, 0.636), status: 'measured' },
      ...{ basis: 'Cross-validated on 300 images.', seconds: 1.6, modelBytes: 490_000, macs: 20_000_000 },
    },
    {
      ...{
        id: `${mobilenet} last fineTune`,
        title: 'mobilenet_0.75_224, head and then the network',
        network: mobilenet,
      },
      ...{ features: 'last', cut: null, recipe: 'fineTune', accuracy: between(0.87, 0.79, 0.93), status: 'predicted' },
      ...{ basis: 'Not trained: guessed from the head on frozen features.', seconds: 420 },
      ...{ modelBytes: 7_335_000, macs: 324_000_000 },
    },
  ],
  curve: {
    candidate: `${mobilenet} all probe`,
    points: [
      { pictures: 60, accuracy: between(0.77, 0.71, 0.82), measured: true },
      { pictures: 120, accuracy: between(0.83, 0.78, 0.87), measured: true },
      { pictures: 240, accuracy: between(0.87, 0.827, 0.904), measured: true },
      { pictures: 600, accuracy: between(0.9, 0.86, 0.93), measured: false },
    ],
    promise: {
      pictures: 600,
      accuracy: between(0.9, 0.86, 0.93),
      gain: between(0.025, 0.008, 0.045),
      words: 'Twice as many images: about +3 points (1 to 5).',
    },
    neediest: [
      {
        ...{ label: 2, pictures: 60, recognised: between(0.75, 0.63, 0.84) },
        words: 'rose: 75 of 100 are recognised; the others are mostly taken for tulip.',
      },
    ],
  },
  findings: [
    {
      kind: 'disagreeing',
      severity: 'note',
      title: '2 images look like another class',
      text: 'All of their nearest images are of one other class, and heads that had not seen them agree.',
      fix: 'Look at them: they may lie in the wrong folder.',
      labels: [2, 4],
      count: 2,
      groups: [[picture('rose/17.jpg', 2, 4)], [picture('tulip/3.jpg', 4, 2)]],
    },
    {
      kind: 'duplicates',
      severity: 'warning',
      title: 'An image lies in two classes',
      text: 'These are the same image or nearly so, in different classes, so that one of the two labels is wrong.',
      fix: 'Remove one of each pair.',
      labels: [0, 3],
      count: 1,
      groups: [[picture('daisy/9.jpg', 0), picture('sunflower/41.jpg', 3)]],
    },
  ],
  recommendation: {
    candidate: `${mobilenet} all probe`,
    clear: false,
    words:
      'Keep the network as it is, let it describe your images at all its stages, and train only the last step: about 88 of 100 new images will be recognised (83 to 91).',
    why: ['Reading all stages is about as good as the last alone here, and costs no more time.'],
    comparedWith: [
      {
        candidate: `${mobilenet} last probe`,
        difference: between(0.015, -0.006, 0.036),
        words: 'Not clearly better than the last stage alone: +1.5 points (-0.6 to 3.6).',
      },
    ],
    notMeasured: ['Fine-tuning the network itself: it would take about 7 minutes.'],
  },
  textbook: {
    size: 'small',
    likeness: 'similar',
    words: 'Few images, similar to what the network knows: freeze all of it and train a new head on its last stage.',
    candidate: `${mobilenet} last probe`,
    agrees: false,
    difference: between(0.015, -0.006, 0.036),
  },
  guessing: between(0.2, 0.158, 0.249),
  unknowns: [],
}
