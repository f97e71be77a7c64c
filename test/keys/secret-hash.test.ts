/** How a token is compared with what is stored of it. */
import crypto from 'node:crypto';
import { matchesAny } from '../../lambdas/keys/secret-hash.js';
import { createToken, createKeyId } from '../../lambdas/keys/token.js';
import { keyWithToken, peppers } from './key.fixture.js';

describe('looking for the secret behind a token', () => {
  it('hashes and compares as often for an unknown key, a wrong secret, and a key with one secret or two', () => {
    const { key, token } = keyWithToken();
    const other = keyWithToken().key;
    const one = key.secrets;
    const two = [...other.secrets, ...key.secrets];
    const hashed = jest.spyOn(crypto, 'createHmac');
    const compared = jest.spyOn(crypto, 'timingSafeEqual');
    const counts = [[], one, two].flatMap((secrets) =>
      [token, createToken(createKeyId())].map((presented) => {
        hashed.mockClear();
        compared.mockClear();
        matchesAny(presented, secrets, peppers);
        return [hashed.mock.calls.length, compared.mock.calls.length];
      }),
    );
    jest.restoreAllMocks();
    expect(counts).toEqual(counts.map(() => [2, 2]));
  });

  it('finds each of two', () => {
    const [one, other] = [keyWithToken(), keyWithToken()];
    const secrets = [...one.key.secrets, ...other.key.secrets];
    expect(matchesAny(one.token, secrets, peppers)).toBe(secrets[0]);
    expect(matchesAny(other.token, secrets, peppers)).toBe(secrets[1]);
    expect(matchesAny(createToken(one.key.id), secrets, peppers)).toBeUndefined();
  });
});
