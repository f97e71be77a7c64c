/** Why a sign-in was refused, and what to do: in words for an administrator. */
import type { RefusalReason } from '../../../lambdas/contract/key-words.js';

interface ReasonWords {
  readonly title: string;
  readonly what: string;
  readonly fix: string;
}

export const reasonWords: Readonly<Record<RefusalReason, ReasonWords>> = {
  no_key: { title: 'No key', what: 'The request carried no API key.', fix: 'Send the header X-API-Key.' },
  malformed: { title: 'Malformed', what: 'What was sent has not the shape of a token.', fix: 'Copy the whole token: fbk_live_<id>_<secret>, without quotes or blanks.' },
  bad_checksum: { title: 'Mistyped', what: 'The checksum of the token is wrong.', fix: 'It was cut off or mistyped: copy it again, or rotate the key.' },
  unknown_id: { title: 'Unknown key', what: 'There is no key with this id.', fix: 'It may be of another gateway or stage. Create a key here.' },
  wrong_secret: { title: 'Wrong secret', what: 'The key exists; the secret is not one of its own.', fix: 'Rotate the key, and give its client the new token.' },
  rotated_out: { title: 'Rotated out', what: 'The token is an old one of this key.', fix: 'Give the client the newer token, or rotate again with an overlap.' },
  revoked: { title: 'Revoked', what: 'The key is revoked for good.', fix: 'Create a new key for the client.' },
  expired: { title: 'Expired', what: 'The key has expired.', fix: 'Edit its expiry, or create its successor.' },
  disabled: { title: 'Disabled', what: 'Somebody disabled the key.', fix: 'Enable it again.' },
  ip_refused: { title: 'Address refused', what: 'The request came from outside of the IP ranges of the key.', fix: 'Edit its IP ranges, or send from an address within them.' },
  scope_missing: { title: 'Scope missing', what: 'The key is right, and lacks the scope for this request.', fix: 'Edit its scopes, or use another key.' },
  limited: { title: 'Rate limited', what: 'The key made more requests than its limit allows.', fix: 'Adjust MAX_REQUESTS_PER_MINUTE in Settings → Security, or the limit of the key.' },
  unknown_session: { title: 'Unknown session', what: 'There is no such session of the console.', fix: 'Sign in again.' },
  session_ended: { title: 'Session ended', what: 'The session was signed out, ended by an administrator, or not used for too long.', fix: 'Sign in again.' },
  cross_site: { title: 'Not from the console', what: "A session's cookie came with a request that the console did not send.", fix: 'Somebody may have followed a hostile link: nothing was changed.' },
  bootstrap_ended: { title: 'Bootstrap key ended', what: 'The bootstrap key ended with the first admin key.', fix: 'Sign in with an admin key.' },
};
