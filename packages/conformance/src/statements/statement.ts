/**
 * A conformance statement: one sentence about what the documented systems, or Rejoin by its own choice, do.
 * Its id opens the title of every test that proves it: `[CF3] server wins: ...`.
 *
 * `source` letters: D Dynamics 365 Field Service mobile, P Power Apps, N ServiceNow mobile, each with a star where
 * the original documents of this project say it; R is Rejoin's own choice or addition.
 */
export interface Statement {
  readonly id: string
  readonly family: string
  readonly sentence: string
  readonly source: string
}

export interface Family {
  /** Two capitals, the beginning of every id in it. */
  readonly code: string
  readonly title: string
  readonly statements: readonly Statement[]
}

export const family = (
  code: string,
  title: string,
  rows: readonly (readonly [id: string, sentence: string, source: string])[],
): Family => ({
  code,
  title,
  statements: rows.map(([id, sentence, source]) => ({ id, family: code, sentence, source })),
})
