/** Generated secrets: GetRandomPassword and a template's GenerateSecretString. */
import { randomInt } from 'node:crypto';
import { z } from 'zod';

/** The options as the API and CloudFormation name them. */
export const passwordOptions = z.strictObject({
  PasswordLength: z.number().int().min(1).max(4096).optional(),
  ExcludeCharacters: z.string().max(4096).optional(),
  ExcludeNumbers: z.boolean().optional(),
  ExcludePunctuation: z.boolean().optional(),
  ExcludeUppercase: z.boolean().optional(),
  ExcludeLowercase: z.boolean().optional(),
  IncludeSpace: z.boolean().optional(),
  RequireEachIncludedType: z.boolean().optional(),
});
export type PasswordOptions = z.infer<typeof passwordOptions>;

const lowercase = 'abcdefghijklmnopqrstuvwxyz';
const uppercase = lowercase.toUpperCase();
const digits = '0123456789';
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** Gives an integer from 0 (included) to `end` (not included). */
export type RandomNumber = (end: number) => number;

/**
 * A random password of 32 characters unless PasswordLength says otherwise.
 * @throws Error where the options leave no character, or fewer places than types that must appear
 */
export function randomPassword(options: PasswordOptions, random: RandomNumber = randomInt): string {
  const length = options.PasswordLength ?? 32;
  const types = [
    options.ExcludeLowercase === true ? '' : lowercase,
    options.ExcludeUppercase === true ? '' : uppercase,
    options.ExcludeNumbers === true ? '' : digits,
    options.ExcludePunctuation === true ? '' : punctuation,
    options.IncludeSpace === true ? ' ' : '',
  ]
    .map((characters) => without(characters, options.ExcludeCharacters ?? ''))
    .filter((characters) => characters !== '');
  if (types.length === 0) throw new Error('The options exclude every character.');
  const all = types.join('');
  if (options.RequireEachIncludedType === false) return pick(all, length, random).join('');
  if (length < types.length)
    throw new Error(`PasswordLength ${length} has no room for a character of each of the ${types.length} included types.`);
  const required = types.flatMap((characters) => pick(characters, 1, random));
  return shuffled([...required, ...pick(all, length - required.length, random)], random).join('');
}

function without(characters: string, excluded: string): string {
  return Array.from(characters).filter((character) => !excluded.includes(character)).join('');
}

function pick(characters: string, count: number, random: RandomNumber): string[] {
  return Array.from({ length: count }, () => characters.charAt(random(characters.length)));
}

function shuffled(characters: readonly string[], random: RandomNumber): string[] {
  const result = [...characters];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const chosen = random(last + 1);
    [result[last], result[chosen]] = [result[chosen] ?? '', result[last] ?? ''];
  }
  return result;
}
