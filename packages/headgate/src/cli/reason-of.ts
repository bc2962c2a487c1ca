/** What the system says, without the call and the path that the message repeats. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ENOENT: 'there is no such file',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the file system can only be read',
    ENOSPC: 'no space is left',
    EISDIR: 'it is a folder',
    EMFILE: 'too many files are open',
  };
  return known[code ?? ''] ?? message;
}
