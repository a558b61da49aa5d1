import { InvalidArgumentError } from 'commander'

/** What the options of commands are read by: anything else is a bad call. */
export const whole = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('a whole number is needed')
  return value
}

export const named =
  <T extends string>(names: readonly T[]) =>
  (text: string): T => {
    const found = names.find(name => name === text)
    if (found === undefined) throw new InvalidArgumentError(`one of ${names.join(', ')}`)
    return found
  }
