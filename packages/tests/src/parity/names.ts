/** Compared always: one of every kind, small. */
export const usualNames: readonly string[] = ['resnet18', 'resnext50_32x4d']

/** Compared on demand, over all families. */
const torchvision: readonly string[] = ['resnet18', 'resnet34', 'resnet50', 'resnext50_32x4d', 'wide_resnet50_2']
const timm: readonly string[] = ['resnet26', 'resnet18d', 'resnet50d']

/** `all`, `all:torchvision` or `all:timm`. */
export function wantedNames(wanted: string): readonly string[] {
  const fromTimm = timm.map((name) => `timm/${name}`)
  if (wanted === 'all:torchvision') return torchvision
  return wanted === 'all:timm' ? fromTimm : [...torchvision, ...fromTimm]
}
