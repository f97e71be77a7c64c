/** Which texts are identifiers. */
import fc from 'fast-check';
import { isOwner } from '../../lambdas/contract/identifiers.js';

describe('an owner', () => {
  const printable = /^(?! )[\p{L}\p{N}\p{P}\p{S} ]{1,100}(?<! )$/u;

  it('is 1 to 100 printable characters without blanks at either end, ASCII or not', () => {
    const character = fc.oneof(fc.constantFrom(' ', 'a', '~', 'é', '\u00a0', '\n', '\u200b'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }));
    const text = fc.oneof(fc.string({ unit: character, maxLength: 6 }), fc.string({ unit: fc.constantFrom('x', ' ', 'ü'), minLength: 97, maxLength: 103 }));
    fc.assert(
      fc.property(text, (owner) => {
        expect(isOwner(owner)).toBe(printable.test(owner));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['default', 'a', 'Münster & Söhne', '株式会社', 'x'.repeat(100)])('may be %s', (owner) => {
    expect(isOwner(owner)).toBe(true);
  });

  it.each(['', ' ', ' a', 'a ', 'a\n', 'a\tb', 'x'.repeat(101)])('may not be %j', (owner) => {
    expect(isOwner(owner)).toBe(false);
  });
});
