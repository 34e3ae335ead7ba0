/** Says what is wrong and how to mend it, without the framework's report of its own whereabouts. */
export function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
