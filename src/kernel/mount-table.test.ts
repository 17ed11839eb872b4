import { describe, expect, it } from 'vitest';
import { parseMountTable } from './mount-table.ts';

describe('the mount table', () => {
  it('has names with blanks, several mounts at a place, and any number of tags', () => {
    const text = [
      '36 35 98:0 / / rw,noatime shared:1 master:2 - ext4 /dev/root rw',
      '40 36 0:39 / /mnt/my\\040\\134\\011\\012radio rw - fuse.reprise reprise rw,user_id=0',
      '41 36 0:40 / /mnt/my\\040\\134\\011\\012radio rw shared:3 - tmpfs none rw',
      '',
    ].join('\n');
    expect(parseMountTable(text)).toEqual([
      { point: '/', type: 'ext4', device: '98:0' },
      { point: '/mnt/my \\\t\nradio', type: 'fuse.reprise', device: '0:39' },
      { point: '/mnt/my \\\t\nradio', type: 'tmpfs', device: '0:40' },
    ]);
  });

  it('has other letters as they are', () => {
    const [mounted] = parseMountTable('40 36 0:39 / /mnt/Müller rw - fuse.reprise reprise rw\n');
    expect(mounted).toMatchObject({ point: '/mnt/Müller' });
  });

  it('has other letters as they are beside blanks', () => {
    const [mounted] = parseMountTable('40 36 0:39 / /mnt/Müller\\040Radio rw - fuse.reprise reprise rw\n');
    expect(mounted).toMatchObject({ point: '/mnt/Müller Radio' });
  });
});
