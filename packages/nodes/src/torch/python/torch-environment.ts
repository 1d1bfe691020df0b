import { inheritedEnvironment } from '@graft/engines'

/**
 * The environment of a Python that computes with PyTorch. Programs say themselves how freed memory is kept (memory.py);
 * the huge pages that other engines ask for cost PyTorch a tenth of its time.
 */
export const torchEnvironment = (): NodeJS.ProcessEnv => ({
  ...asGiven(inheritedEnvironment(process.env)),
  // Threads that wait by computing keep each other, and other runs, from their cores.
  OMP_WAIT_POLICY: 'PASSIVE',
  PYTHONUNBUFFERED: '1',
})

/**
 * Without the place that whoever started this process (torchrun, an operator) gave it: its children have their own. And
 * without what loading onnxruntime sets in the middle of a run: a Python that was started before is no other for that.
 */
const asGiven = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^(RANK|LOCAL_RANK|WORLD_SIZE|MASTER_ADDR|MASTER_PORT|ORT_DISABLE_TELEMETRY)$/.test(name),
    ),
  )
