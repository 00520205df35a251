/** What an error says, without Node's own prefixes. */
export function reason(error: unknown): string {
  if (typeof error === 'string') return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return 'permission is missing';
  if (code === 'EISDIR') return 'it is a folder';
  return message.replace(/^[A-Z]+: /, '').replace(/, \w+ '.*'$/, '');
}
