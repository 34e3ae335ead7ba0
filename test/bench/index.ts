/** `npm run bench -- <name>`: one file each, a line for each figure: name, value, unit. */
const BENCHES = ['fan-out', 'mapping', 'connections', 'client'];

const [name = ''] = process.argv.slice(2);
if (!BENCHES.includes(name)) {
  process.stderr.write(`Which one? ${BENCHES.join(', ')}\n`);
  process.exit(1);
}
await import(`./${name}.ts`);
