import { inheritedEnvironment } from '@graft/engines'

/**
 * The environment of a Python that computes with PyTorch. Programs say themselves how freed memory is kept (memory.py);
 * the huge pages that other engines ask for cost PyTorch a tenth of its time.
 */
export const torchEnvironment = (): NodeJS.ProcessEnv => ({
  ...inheritedEnvironment(process.env),
  // Threads that wait by computing keep each other, and other runs, from their cores.
  OMP_WAIT_POLICY: 'PASSIVE',
  PYTHONUNBUFFERED: '1',
})
