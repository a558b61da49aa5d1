import type { Found, Storage, StoredEdit } from '@rejoin/server'
import type { Faults } from './faults.ts'

/** The relay's database with what is planted in it. */
export const plantedIn =
  (faults: Faults) =>
  (storage: Storage): Storage => {
    const isForgotten = ({ command }: StoredEdit): boolean =>
      faults.has('relay-does-twice') && command?.name === 'raise'
    const recalled = (found: Found): Found => ({
      ...found,
      edits: new Map([...found.edits].filter(([, edit]) => !isForgotten(edit))),
    })
    const isKept = (edit: StoredEdit, found: Found): boolean =>
      !(faults.has('relay-keeps-no-refusals') && edit.outcome.status === 'rejected') &&
      !(isForgotten(edit) && found.edits.has(edit.edit))
    return {
      ...storage,
      commit: (wanted, decide) =>
        storage.commit(wanted, found => {
          const { ledger = [], edits = [], ...decision } = decide(recalled(found))
          return {
            ...decision,
            edits: edits.filter(edit => isKept(edit, found)),
            ledger: faults.has('relay-keeps-no-ledger') ? [] : ledger,
          }
        }),
    }
  }
