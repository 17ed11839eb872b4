import { describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import type { FileActs } from './ports.ts';
import { trashFolders, trashPlace } from './trash-place.ts';

const path = (text: string): BytePath => text as BytePath;

/** Folders by the device that they lie on: that of the longest of these paths above them. */
function acts(devices: Readonly<Record<string, bigint>>): FileActs {
  const deviceOf = (folder: string): bigint => {
    const above = Object.keys(devices).filter(
      (each) => each === '/' || folder === each || folder.startsWith(`${each}/`),
    );
    return devices[above.toSorted((a, b) => b.length - a.length)[0] ?? '/'] as bigint;
  };
  const state = (folder: BytePath) => ({ device: deviceOf(folder) });
  return { state } as unknown as FileActs;
}

const oneDisk = acts({ '/': 1n });

function placeOf(file: string, roots: readonly string[], disks = oneDisk): string {
  return trashPlace(disks, roots.map(path), 'plan-1', path(file));
}

describe('the trash of a file', () => {
  it('lies at the top of its root, with its folders', () => {
    expect(placeOf('/music/a/b/c.mp3', ['/music'])).toBe('/music/.reprise-trash/plan-1/a/b/c.mp3');
    expect(placeOf('/music/c.mp3', ['/music'])).toBe('/music/.reprise-trash/plan-1/c.mp3');
  });

  it('lies at the top of the outermost root', () => {
    expect(placeOf('/music/a/c.mp3', ['/music/a', '/music', '/other'])).toBe('/music/.reprise-trash/plan-1/a/c.mp3');
  });

  it('lies beside it where no root holds it, also not one of a like name', () => {
    expect(placeOf('/elsewhere/a/c.mp3', ['/music'])).toBe('/elsewhere/a/.reprise-trash/plan-1/c.mp3');
    expect(placeOf('/music 2/c.mp3', ['/music'])).toBe('/music 2/.reprise-trash/plan-1/c.mp3');
  });

  it('lies on its file system where a root spans several', () => {
    const disks = acts({ '/': 1n, '/music/usb': 2n });
    expect(placeOf('/music/usb/a/c.mp3', ['/music'], disks)).toBe('/music/usb/.reprise-trash/plan-1/a/c.mp3');
    expect(placeOf('/music/b/c.mp3', ['/music'], disks)).toBe('/music/.reprise-trash/plan-1/b/c.mp3');
  });

  it('never leaves the file system, not even where the root lies on the same one again', () => {
    const disks = acts({ '/': 1n, '/music/usb': 2n, '/music/usb/back': 1n });
    expect(placeOf('/music/usb/back/c.mp3', ['/music'], disks)).toBe('/music/usb/back/.reprise-trash/plan-1/c.mp3');
  });

  it('may be that of everything', () => {
    expect(placeOf('/a/c.mp3', ['/'])).toBe('/.reprise-trash/plan-1/a/c.mp3');
    expect(placeOf('/c.mp3', ['/'])).toBe('/.reprise-trash/plan-1/c.mp3');
  });
});

it('the folders of a trash are those up to its top, the innermost first', () => {
  expect(trashFolders(path('/music/.reprise-trash/plan-1/a/c.mp3'))).toEqual([
    ...['/music/.reprise-trash/plan-1/a', '/music/.reprise-trash/plan-1', '/music/.reprise-trash'],
  ]);
  expect(trashFolders(path('/music/.reprise-trashy/c.mp3'))).toEqual([]);
});
