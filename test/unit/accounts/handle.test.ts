import { describe, expect, it } from 'vitest';
import { Handle } from '../../../src/accounts/handle.ts';
import { identityOf } from '../../../src/accounts/identity.ts';

describe('a handle', () => {
  it.each(['al', 'alice', 'a_1', '__', 'x'.repeat(30)])('may be %s', (name) => {
    expect(Handle.safeParse(name).success).toBe(true);
  });

  it.each([
    'me',
    'admin',
    'constructor',
    '__proto__',
    'a',
    'x'.repeat(31),
    'Alice',
    'al ice',
    'a@b.example',
    'БОБ',
    '',
  ])('may not be "%s"', (name) => {
    expect(Handle.safeParse(name).success).toBe(false);
  });

  it('is no name of a property that every object has', () => {
    for (const name of Object.getOwnPropertyNames(Object.prototype)) {
      expect(Handle.safeParse(name).success, name).toBe(false);
    }
  });
});

describe('an identity', () => {
  it('differs when the issuer, the subject, or the border between the two differs', () => {
    const identities = [identityOf('a', 'b'), identityOf('a', 'c'), identityOf('b', 'b'), identityOf('a"', 'b')];
    expect(new Set([...identities, identityOf('a","b', '')]).size).toBe(5);
    expect(identityOf('a', 'b')).toBe(identityOf('a', 'b'));
  });
});
