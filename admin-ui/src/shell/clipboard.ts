/** Copies text, where the browser lets. */
import { notify } from './notifications.js';

/** @returns whether it is on the clipboard */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    notify('error', 'The browser does not allow copying here: select the text and copy it yourself.');
    return false;
  }
}
