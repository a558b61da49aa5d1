import { lockContract } from './locks.contract.ts'
import { createLockSpace } from './locks.ts'

const space = createLockSpace()
lockContract('the locks of one process', space.enter)
