import { z } from 'zod'
import type { ModelFiles } from '../model-files.js'
import { configsBeside } from './configs-beside.js'

/** What a name of a model looks like; others of a stranger's file are not printed as a program. */
const name = z.string().regex(/^[\w.-]{1,100}$/)
const size = z.int().positive().max(4096)

const configSchema = z.looseObject({
  architecture: name.optional(),
  num_classes: z.int().positive().optional(),
  architectures: z.array(name).optional(),
  image_size: size.optional(),
  pretrained_cfg: z.looseObject({ input_size: z.tuple([z.int(), size, size]).optional() }).optional(),
})

/** How somebody gets a network with its layers from the library that it was saved in, whichever that is. */
export const usualHelp =
  "Give weights of such an architecture; or export the network with its layers to ONNX where the weights came from, and use that file: in Python, `torch.onnx.export(model.eval(), torch.zeros(1, 3, HEIGHT, WIDTH), 'model.onnx', dynamo=False)`, where `model` is your own, timm's `create_model(NAME, checkpoint_path=FILE)` or any other module whose weights these are; for a folder of transformers, `optimum-cli export onnx --model FOLDER OUT`."

/**
 * The same for the model that `config.json` beside the weights names; null where there is none, or it names none.
 * @param file name of the file of weights
 */
export async function exportHelp(files: ModelFiles, file: string): Promise<string | null> {
  const found = await configsBeside(files, file)
  return found.map((config) => helpOf(config, file)).find((help) => help !== null) ?? null
}

function helpOf(found: unknown, file: string): string | null {
  const config = configSchema.safeParse(found)
  if (!config.success) return null
  const { architecture, num_classes: classes, architectures, image_size: side = 224, pretrained_cfg: cfg } = config.data
  const [, height, width] = cfg?.input_size ?? [3, side, side]
  if (architecture !== undefined)
    return `config.json beside it names timm's ${architecture}. Export it once with its layers and use that file: in Python, \`import timm, torch; model = timm.create_model('${architecture}', ${classes === undefined ? '' : `num_classes=${classes}, `}checkpoint_path='${safe(file)}').eval(); torch.onnx.export(model, torch.zeros(1, 3, ${height}, ${width}), 'model.onnx', dynamo=False)\`.`
  const [ofTransformers] = architectures ?? []
  return ofTransformers === undefined
    ? null
    : `config.json beside it names transformers' ${ofTransformers}. Export it once with its layers and use that file: \`optimum-cli export onnx --model FOLDER OUT\`, with the folder that holds both.`
}

const safe = (file: string): string => (/^[\w./ -]+$/.test(file) ? file : 'FILE')
