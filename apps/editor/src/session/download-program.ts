import { saveArtifact } from '../api/artifact.js'
import { call, messageOf } from '../api/client.js'
import { getDocument } from '../document/store.js'
import { toast } from '../ui/toasts/toast.js'

/** Saves the open graph as a PyTorch program on the person's computer. */
export async function downloadProgram(): Promise<void> {
  toast('info', 'Writing the PyTorch program…', 'Images are listed and the network is read; nothing is trained.')
  try {
    const { file, remarks } = await call('writeProgram', { body: { document: getDocument() } })
    await saveArtifact(file)
    toast('success', `Saved ${file.name ?? 'the program'}`, remarks[0])
  } catch (error) {
    toast('error', `No program was written: ${messageOf(error)}`)
  }
}
