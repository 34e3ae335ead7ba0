import { describe, expect, inject, it } from 'vitest';
import { newUser } from '../support/people.ts';

const stack = inject('stack');

describe('the references', () => {
  it('are served as documents and as a page', async () => {
    const user = await newUser(stack, 'reader');
    expect((await user.must('GET', '/openapi.json')).body.openapi).toBe('3.1.0');
    expect((await user.must('GET', '/asyncapi.json')).body.asyncapi).toBe('3.0.0');
    const page = await fetch(`${stack.http}/docs`);
    expect(page.headers.get('content-type')).toMatch('text/html');
    expect(await page.text()).toContain('openapi.json');
  });
});
