import { RejoinFault } from '@rejoin/client'

/** What a device refuses on the spot did not happen, and is no failure. @returns the fault where it refused */
export const tried = async (work: () => Promise<unknown>): Promise<RejoinFault | undefined> => {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof RejoinFault) return error
    throw error
  }
}
