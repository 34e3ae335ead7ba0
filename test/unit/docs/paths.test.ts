import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const NOT_OURS = new Set(['node_modules', 'dist']);

/** Every file under a folder of the repository, by its path from the root. What is hidden is left out. */
const filesUnder = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !NOT_OURS.has(name) && !name.startsWith('.'))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)]));

const files = filesUnder('');
const documents = files.filter((file) => file.endsWith('.md')).map((file) => ({ file, text: textOf(file) }));
/** A decision tells of its day: files that it names may have gone since. Its links must lead somewhere all the same. */
const living = documents.filter(({ file }) => !file.startsWith('docs/adr/'));
const decisions = documents.filter(({ file }) => file.startsWith('docs/adr/'));

function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** The anchors that GitHub makes of a document's headings. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** What is wrong with a relative link in a document; nothing when it leads somewhere. */
const faultOf = (file: string, link: string): string | undefined => {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? file : join(dirname(file), path);
  if (!existsSync(join(ROOT, target))) return `${link}: no such file`;
  if (anchor !== undefined && !anchorsOf(textOf(target)).includes(anchor)) return `${link}: no such heading`;
  return undefined;
};

const FOLDERS = 'src|test|tools|local|client|web|docs|events|functions|infrastructure';
/** A path from the root, wherever it stands; not a part of a longer path or of a URL. */
const PATH = new RegExp(`(?<![\\w./:-])(?:${FOLDERS})/[\\w./-]*[\\w/]`, 'g');
/** The name of a file between backticks, with or without folders in front of it. */
const FILE_NAME = /`(?:\.\.\/)*([\w-][\w./-]*\.(?:tsx?|md|ya?ml|cjs|mjs|py))`/g;

describe('the documents', () => {
  it.each(documents)('$file: its links lead to files and headings that are there', ({ file, text }) => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const faults = links.filter((link) => !/^[a-z]+:/.test(link)).map((link) => faultOf(file, link));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });

  it.each(living)('$file: the paths that it names are there', ({ text }) => {
    const paths = [...text.matchAll(PATH)].map(([path]) => path);
    const missing = paths.filter((path) => !existsSync(join(ROOT, path)));
    const names = [...text.matchAll(FILE_NAME)].map(([, name = '']) => name);
    const unknown = names.filter((name) => !files.some((file) => `/${file}`.endsWith(`/${name}`)));
    expect([...missing, ...unknown]).toEqual([]);
  });

  it.each(documents)('$file: the npm scripts that it names are there', ({ text }) => {
    const named = [...text.matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in manifest.scripts))).toEqual([]);
  });

  it('numbers each decision once, in its file name and in its title', () => {
    const numbers = decisions.map(({ file }) => Number(file.slice('docs/adr/'.length).split('-')[0]));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
    for (const [index, { text }] of decisions.entries()) expect(text).toMatch(new RegExp(`^# ${numbers[index]}\\. `));
  });

  it.each(decisions)('$file: it has a status and a date', ({ text }) => {
    expect(text.split('\n')[2]).toMatch(/^Status: (accepted|replaced by ADR \d+).*, \d{4}-\d\d-\d\d\./);
  });
});
