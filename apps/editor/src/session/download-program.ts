import { saveArtifact } from '../api/artifact.js'
import { call, messageOf } from '../api/client.js'
import { getDocument } from '../document/store.js'
import { toast } from '../ui/toasts/toast.js'

/**
 * Saves the open graph as a PyTorch program on the person's computer.
 * @param byLibrary whether torchvision's or timm's constructor makes the network, where it is exactly one of theirs
 */
export async function downloadProgram({ byLibrary }: { readonly byLibrary: boolean }): Promise<void> {
  toast('info', 'Writing the PyTorch program…', 'Images are listed and the network is read; nothing is trained.')
  try {
    const { file, remarks } = await call('writeProgram', { body: { document: getDocument(), byLibrary } })
    await saveArtifact(file)
    toast('success', `Saved ${file.name ?? 'the program'}`, remarks[0])
  } catch (error) {
    toast('error', `No program was written: ${messageOf(error)}`)
  }
}
