import { describe, expect, it } from 'vitest';
import { mustHaveChromium } from '../../support/browser/chromium.ts';
import { useBrowser } from '../../support/browser/visits.ts';
import { freshName, newUser } from '../../support/people.ts';

describe.skipIf(!mustHaveChromium())('conversations on the page', () => {
  const { stack, visit } = useBrowser();

  it('carries a conversation, with unread counts, receipts and typing', async () => {
    const names = [freshName('alice'), freshName('bob')] as const;
    const [alice, bob] = await Promise.all([visit(names[0], '/'), visit(names[1], '/')]);
    await alice.goTo(`/conversations/new?with=${names[1]}`);
    await alice.page.getByLabel('First message').fill('Are you there?');
    await alice.page.getByRole('button', { name: 'Send' }).click();
    await alice.page.getByRole('log').getByText('Are you there?').waitFor();
    await bob.page.getByRole('link', { name: 'Conversations 1 unread' }).click();
    await bob.page.getByRole('link', { name: /Are you there/ }).click();
    await bob.page.getByRole('log').getByText('Are you there?').waitFor();
    await alice.page.getByText(`Read by ${names[1]}`).waitFor();
    await bob.page.getByRole('textbox', { name: 'Message' }).pressSequentially('Yes');
    await alice.page.getByText(`${names[1]} is typing`).waitFor();
    await bob.page.keyboard.press('Enter');
    await alice.page.getByRole('log').getByText('Yes', { exact: true }).waitFor();
    await bob.page.getByRole('link', { name: 'Conversations', exact: true }).waitFor();
    expect([alice.complaints, bob.complaints]).toEqual([[], []]);
  });

  it('changes and deletes a message where it stands', async () => {
    const [alice, bob] = [await newUser(stack, 'alice'), freshName('bob')];
    const page = await visit(bob, '/');
    const opened = await alice.must('POST', '/conversations', { members: [bob], text: 'Where are you?' });
    await page.goTo(`/conversations/${opened.body.conversation.id}`);
    const log = page.page.getByRole('log');
    await page.page.getByRole('textbox', { name: 'Message' }).fill('At hoem');
    await page.page.getByRole('button', { name: 'Send' }).click();
    const row = log.getByRole('listitem').filter({ hasText: 'At ho' });
    await row.getByLabel('More about your message').click();
    await row.getByRole('button', { name: 'Edit' }).click();
    await row.getByRole('textbox', { name: 'Edit the message' }).fill('At home');
    await row.getByRole('button', { name: 'Save' }).click();
    await log.getByText('At home').waitFor();
    await row.getByText('edited').waitFor();
    await row.getByLabel('More about your message').click();
    await row.getByRole('button', { name: 'Delete' }).click();
    await row.waitFor({ state: 'detached' });
    const { body } = await alice.must('GET', `/conversations/${opened.body.conversation.id}/messages`);
    expect(body.items.map(({ text }: { text: string }) => text)).toEqual(['Where are you?']);
  });

  it('lets a person leave a group and remove it from the inbox', async () => {
    const [alice, bob] = [await newUser(stack, 'alice'), freshName('bob')];
    const page = await visit(bob, '/');
    const group = { members: [bob], name: 'The book club', text: 'Chapter four?' };
    const { id } = (await alice.must('POST', '/conversations', group)).body.conversation;
    await page.goTo(`/conversations/${id}`);
    await page.page.getByLabel('More about this group').click();
    await page.page.getByRole('button', { name: 'Leave' }).click();
    await page.page.getByRole('log').getByText('Chapter four?').waitFor();
    await page.page.getByRole('button', { name: 'Remove from your conversations' }).click();
    await page.page.getByText('No conversations yet').waitFor();
    await page.goTo(`/conversations/${id}`);
    await page.page.getByText('There is no such conversation').waitFor();
  });
});
