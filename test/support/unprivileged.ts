/** What a person may not do, root may; so tests of missing rights run programs without that privilege. */

/**
 * The command and its arguments that run a program which must respect the modes of files. Root stays root, so that it can
 * read a checkout that is its own alone, but without the capabilities that look past modes (`setpriv` of util-linux).
 */
export function unprivileged(program: string, args: readonly string[]): [string, string[]] {
  if (process.getuid?.() !== 0) return [program, [...args]];
  return ['setpriv', ['--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-all', program, ...args]];
}
