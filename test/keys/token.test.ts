/** What a key's token looks like, and what it gives away. */
import fc from 'fast-check';
import { createKeyId, createToken, parseToken, recognizableParts } from '../../lambdas/keys/token.js';

describe('a token', () => {
  it('has the form that the documentation promises and names its key', () => {
    const id = createKeyId();
    const token = createToken(id);
    expect(token).toMatch(/^fbk_live_[0-9a-f]{12}_[0-9A-Za-z]{49}$/);
    expect(parseToken(token)).toEqual({ kind: 'well-formed', keyId: id });
  });

  it('with any single character changed is refused without a look-up', () => {
    const token = createToken(createKeyId());
    const character = fc.constantFrom(...Array.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_'));
    fc.assert(
      fc.property(fc.nat(token.length - 1), character, (at, replacement) => {
        fc.pre(token[at] !== replacement);
        expect(parseToken(token.slice(0, at) + replacement + token.slice(at + 1)).kind).not.toBe('well-formed');
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['', 'fbk_live_', 'garbage', 'fbk_live_ABCDEF012345_x', 'x'.repeat(10_000)])('%.20s is malformed', (text) => {
    expect(parseToken(text)).toEqual({ kind: 'malformed' });
  });

  it('never repeats its secret', () => {
    const id = createKeyId();
    const tokens = new Set(Array.from({ length: 1_000 }, () => createToken(id)));
    expect(tokens.size).toBe(1_000);
  });

  it('is recognizable by its prefix and last four characters, which are not the secret', () => {
    const token = createToken(createKeyId());
    const { prefix, lastFour } = recognizableParts(token);
    expect(token.startsWith(prefix)).toBe(true);
    expect(token.endsWith(lastFour)).toBe(true);
    expect(prefix).toMatch(/^fbk_live_[0-9a-f]{12}_$/);
  });
});
