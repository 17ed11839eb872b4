import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';

describe('createLog', () => {
  it('writes events up to its level, one line each, with values as shell words', () => {
    const lines: string[] = [];
    const file = { write: (text: string) => void lines.push(text), close: () => {} };
    const log = createLog(file, 'info', () => Date.UTC(2026, 0, 2, 3, 4, 5, 6));
    log('debug', 'file.new', { path: '/x' });
    log('warning', 'file.failed', { path: "/it's\n\udcff", size: 12, note: '' });
    log('info', 'run.ended');
    expect(lines).toEqual([
      "2026-01-02T03:04:05.006Z warning file.failed path=$'/it\\'s\\n\\xff' size=12 note=''\n",
      '2026-01-02T03:04:05.006Z info run.ended\n',
    ]);
  });
});
