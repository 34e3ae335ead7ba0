/** Ends the command with a message that says what is wrong and how to mend it, without the framework's stack trace. */
export function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
