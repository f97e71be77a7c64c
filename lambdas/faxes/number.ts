/** The number that a client writes, as the number that is dialled. Pure. */
import { parsePhoneNumberFromString, isSupportedCountry, type CountryCode } from 'libphonenumber-js/min';
import { isFaxNumber, type FaxNumber } from '../contract/identifiers.js';

/** What the original accepts, and what is therefore never refused. */
const originalPattern = /^\+?\d{6,20}$/;

/**
 * Reads `+15551234567`, `15551234567`, and with a default country also `(555) 123-4567`.
 * @param defaultCountry two letters (ISO 3166-1), or `none`
 * @returns `+` and digits: E.164 where the number is a possible one; undefined for what is no number
 */
export function readFaxNumber(written: string, defaultCountry: string): FaxNumber | undefined {
  const text = written.trim();
  const country: CountryCode | undefined = isSupportedCountry(defaultCountry) ? defaultCountry : undefined;
  if (originalPattern.test(text)) return plainNumber(text, country);
  // Digits in groups, and nothing that a phone number's usual way of writing does not have: no words, no extension.
  if (!/^\+?[\d\s().\-/\u00a0\u2010-\u2015]{6,40}$/.test(text)) return undefined;
  return possibleNumber(text, country);
}

function plainNumber(text: string, country: CountryCode | undefined): FaxNumber | undefined {
  if (text.startsWith('+')) return brand(text);
  return possibleNumber(text, country) ?? possibleNumber(`+${text}`, undefined) ?? brand(`+${text}`);
}

function possibleNumber(text: string, country: CountryCode | undefined): FaxNumber | undefined {
  const number = parsePhoneNumberFromString(text, { ...(country === undefined ? {} : { defaultCountry: country }), extract: false });
  return number?.isPossible() === true ? brand(number.number) : undefined;
}

function brand(text: string): FaxNumber | undefined {
  return isFaxNumber(text) ? text : undefined;
}
