import { describe, expect, it } from 'vitest';
import { barLine, createProgressLine } from './progress-line.ts';
import { createStyle } from './style.ts';
import { widthOf } from './width.ts';

const plain = createStyle(false);

function recorder(isTerminal: boolean) {
  const written: string[] = [];
  let time = 0;
  const output = { write: (text: string) => void written.push(text), isTerminal, columns: () => 80 };
  const line = createProgressLine(output, plain, () => time);
  return { written, line, wait: (ms: number) => (time += ms) };
}

describe('createProgressLine', () => {
  it('redraws at most ten times a second on a terminal, and takes itself away', () => {
    const { written, line, wait } = recorder(true);
    for (let items = 0; items < 100; items++) {
      line.show({ stage: 'Scanning', items, totalItems: 100 });
      wait(10);
    }
    expect(written.length).toBe(10);
    line.clear();
    line.clear();
    expect(written.length).toBe(11);
    expect(written.at(-1)).toBe('\r\u001b[2K');
  });

  it('writes a whole line every five seconds elsewhere', () => {
    const { written, line, wait } = recorder(false);
    for (let second = 0; second < 12; second++) {
      line.show({
        stage: 'Scanning',
        subject: '/mu\u001bsic',
        items: second * 10,
        totalItems: 1000,
        bytes: second * 1e6,
      });
      wait(1000);
    }
    line.clear();
    expect(written).toEqual([
      'Scanning /mu\\esic: 50 of 1,000, 95 s left, 1.0 MB/s, 5.0 MB\n',
      'Scanning /mu\\esic: 100 of 1,000, 90 s left, 1.0 MB/s, 10.0 MB\n',
    ]);
  });

  it('fits every terminal', () => {
    const state = {
      stage: 'Scanning',
      subject: '/very/long/日本/folder',
      items: 1,
      totalItems: 1e6,
      bytes: 1e9,
      audioSeconds: 1e6,
    };
    for (let columns = 20; columns < 200; columns += 7) {
      expect(widthOf(barLine(state, [], plain, columns))).toBeLessThan(columns);
    }
  });
});
