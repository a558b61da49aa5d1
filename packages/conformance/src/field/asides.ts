/**
 * What the scenarios leave to the proofs beside them, and why: it takes time of the test's own, a network that holds
 * single messages, or a look into a relay. A statement that is here and in no scenario is out of their reach.
 */
export const asides: Readonly<Record<string, string>> = {
  CF2: 'a relay in which nobody has set anything is none that the suite may set',
  CF12: "custom functions are a relay's own code; a profile's strategy is not changed in somebody's relay",
  CF14: 'single messages doubled, delayed or reordered',
  ER1: '"too large", and "invalid" by a schema that was tightened meanwhile',
  FS7: 'the quota of the storage',
  OB5: 'the order at the relay is seen by its result, not by each push',
  OB10: 'a withdrawal that comes too late, which takes an answer held on its way',
}
