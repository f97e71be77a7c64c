/** A session that ends and a connection that breaks in the middle of a form. */
import { signIn, type Stage } from './stage.js';

export function nothingTypedIsLost(given: () => Stage): void {
  describe('nothing that was typed is lost', () => {
    it('where the session ends: one signs in above the form, and what was begun goes on', async () => {
      const { cloud, endSessions, open } = given();
      const page = await open('/api-keys/create');
      await page.getByRole('textbox', { name: 'Name' }).fill('typed before the end');
      await endSessions();
      await page.getByRole('button', { name: 'Create Key' }).click();
      await page.getByRole('dialog').getByText('Your session has ended').waitFor();
      await signIn(page, cloud.adminKey);
      await page.getByRole('dialog').getByText('Key created').waitFor();
      await page.getByRole('dialog').getByText('typed before the end').waitFor();
    });

    it('where the connection breaks: it says so, and the same button works once it is back', async () => {
      const page = await given().open('/api-keys/create');
      await page.getByRole('textbox', { name: 'Name' }).fill('typed offline');
      await page.context().setOffline(true);
      await page.getByRole('button', { name: 'Create Key' }).click();
      await page.getByText('The connection is lost').waitFor();
      expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('typed offline');
      await page.context().setOffline(false);
      await page.getByRole('button', { name: 'Create Key' }).click();
      await page.getByRole('dialog').getByText('Key created').waitFor();
      // What the browser itself says about the lost connection.
      given().complaints();
    });
  });
}
