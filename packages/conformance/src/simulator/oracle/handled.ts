import type { CommandCall, Fields } from '@rejoin/profile'

/** What the commands of a world make of a record as it stands, said a second time. @returns undefined where one refuses */
export const handledBy = ({ name, args }: CommandCall, standing: Fields): Fields | undefined => {
  const counted = (column: string): number => {
    const value = standing[column]
    return typeof value === 'number' ? value : 0
  }
  if (name === 'add') return { ...standing, sum: counted('sum') + Number(args['times']) }
  if (standing['status'] === 'done') return undefined
  return { ...standing, title: args['title'] ?? null, status: 'busy', priority: counted('priority') + 1 }
}
