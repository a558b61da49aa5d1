import type { Edit, Table, Verdict } from '@rejoin/profile'

/**
 * When an edit was done on its device, kept in the record where the table has a column for it (OB15): whatever anybody
 * wrote there. The relay's own time is that of the sync: `received` of the edit, in the commit.
 */
export const withActionTime = (verdict: Verdict, { at }: Edit, { actionTimeId }: Table): Verdict => {
  if (actionTimeId === undefined || verdict.status !== 'applied' || verdict.content.deleted) return verdict
  const { content } = verdict
  const time = new Date(Math.min(at, LAST_INSTANT)).toISOString()
  return { ...verdict, content: { ...content, fields: { ...content.fields, [actionTimeId]: time } } }
}

/** Years have four digits; a clock may say anything. */
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
